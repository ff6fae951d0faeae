"""The report on a reader as two files: a page in Markdown and its picture."""

from pathlib import Path

from yousaid.errors import OutputError
from yousaid.model.report import Report
from yousaid.model.report_text import describe_report
from yousaid.web.reliability_chart import draw_reliability

PAGE, PICTURE = "report.md", "reliability.svg"
PICTURE_TITLE = "Probabilities given, and share that coders confirm"


def write_report(report: Report, title: str, folder: Path) -> None:
    """Write the page and its picture into the folder, which is made where it is missing.

    Raises OutputError where the folder cannot be written.
    """
    page = describe_report(report, title, PICTURE)
    picture = draw_reliability(report.bins, PICTURE_TITLE) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PICTURE).write_text(picture, "utf-8")
        (folder / PAGE).write_text(page, "utf-8")
    except OSError as error:
        raise OutputError(
            f"The report could not be written in {folder} ({error.strerror}). Choose another place."
        ) from error

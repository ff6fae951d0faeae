"""The report on a reader as two files: a page in Markdown and its picture."""

from pathlib import Path

from yousaid.errors import OutputError
from yousaid.model.report import Report
from yousaid.model.report_text import describe_report
from yousaid.web.charts import draw_svg
from yousaid.web.reliability_chart import describe_bins, make_reliability_spec

PAGE, PICTURE = "report.md", "reliability.svg"
_TITLE = "Probabilities given, and share that coders confirm"


def draw_reliability(report: Report) -> str:
    """The reliability plot as SVG, which says in words what it shows."""
    spec = make_reliability_spec(report.bins)
    return draw_svg(spec, _TITLE, describe_bins(report.bins), "reliability") + "\n"


def write_report(report: Report, title: str, folder: Path) -> None:
    """Write the page and its picture into the folder, which is made where it is missing.

    Raises OutputError where the folder cannot be written.
    """
    page = describe_report(report, title, PICTURE)
    picture = draw_reliability(report)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PICTURE).write_text(picture, "utf-8")
        (folder / PAGE).write_text(page, "utf-8")
    except OSError as error:
        raise OutputError(
            f"The report could not be written in {folder} ({error.strerror}). Choose another place."
        ) from error

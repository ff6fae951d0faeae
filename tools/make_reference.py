"""Writes docs/reference.md from the code: commands, output columns, topics, errors.

python tools/make_reference.py
"""

import inspect
from pathlib import Path
from typing import Any

import typer

from yousaid import errors
from yousaid.cli import app
from yousaid.frameworks import get_framework
from yousaid.ingest.tables import ENDINGS as READ_ENDINGS
from yousaid.model.columns import PROBABILITY_PREFIX, READING_COLUMNS
from yousaid.pipeline import MENTIONS_COLUMN
from yousaid.reports.tables import ENDINGS as WRITTEN_ENDINGS

TARGET = Path(__file__).parent.parent / "docs" / "reference.md"

COLUMN_MEANINGS = {
    "topics": "exact topic names, joined by “; ”, most probable first; empty where nothing is sure",
    "sentiment": "`very positive`, `positive`, `neutral`, `negative`, `very negative`; empty where "
    "there is nothing to read",
    "sentiment_score": "−1 (negative) to 1 (positive); empty where there is nothing to read",
    "mixed": "`true` where the comment holds both clear praise and clear criticism",
    "urgency": "0 to 1, higher is more urgent",
    "comment_language": "ISO 639-1 code: `en` where the comment or a whole sentence of it is "
    "English; `und` for another language that is not known; empty where there is too little to "
    "tell. What is not English is not read: its one topic is “Labelling not possible”",
    "model": "name and version of the model",
}


def make_reference() -> str:
    """The reference page."""
    parts = [
        "# Reference",
        "Made from the code by `tools/make_reference.py`; a test fails when it is stale.",
        "## Commands",
        "Exit codes: 0 done; 2 something that you can put right, said in one line on standard "
        "error, with nothing half-written; 1 a mistake of ours, with its traceback.",
        *(_describe_command(name, command) for name, command in _get_commands().items()),
        "## What `classify` writes",
        "All columns of the input, unchanged and in order, then:",
        _make_table(("column", "holds"), [(f"`{n}`", COLUMN_MEANINGS[n]) for n in READING_COLUMNS]),
        f"With `--probabilities`, a column `{PROBABILITY_PREFIX}NAME` for each topic, 0 to 1. With "
        f"`--mentions`, a column `{MENTIONS_COLUMN}`: a JSON list of objects with `topic`, "
        "`probability`, `sentiment` (`positive`, `neutral`, `negative`, of that topic) and "
        "`spans`, each a `start` and an `end` (exclusive) counted in characters (Unicode code "
        "points) of the comment.",
        "A workbook holds every comment as text. A CSV holds your own columns to the letter, so a "
        "spreadsheet that opens it may take a comment that begins with “=” for a formula: to open "
        "in a spreadsheet, write .xlsx. A comment is read up to its 100,000th character.",
        "Of a folder, every Parquet file is read into a file of the same name in another folder, "
        "where its columns keep their types; what is there already is not read again "
        "([docs/scale.md](scale.md)).",
        f"Files read: {' '.join(READ_ENDINGS)}. Files written: {' '.join(WRITTEN_ENDINGS)}.",
        "## Topics",
        *_describe_topics(),
        "## Errors",
        "```\n" + inspect.cleandoc(errors.__doc__ or "").split("\n\n", 1)[1] + "\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _get_commands() -> dict[str, Any]:
    found = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    return {name: command for name, command in found.items() if not command.hidden}


def _describe_command(name: str, command: Any) -> str:
    # A blank line would end the table's own paragraph; the example stands on a line of its own.
    about = inspect.cleandoc(command.help or "").replace("Example: ", "    ")
    rows = []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            rows.append((f"`{parameter.name.upper()}`", parameter.help))
        elif parameter.name != "help":
            plain = parameter.default is None or callable(parameter.default)
            plain = plain or parameter.default in ("", False, [])
            default = "" if plain else f" Otherwise `{parameter.default}`."
            rows.append((f"`{', '.join(parameter.opts)}`", f"{parameter.help}{default}"))
    return f"### yousaid {name}\n\n{about}\n\n" + _make_table(("", ""), rows)


def _make_table(head: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|"]
    return "\n".join([*lines, *(f"| {left} | {right} |" for left, right in rows)])


def _describe_topics() -> list[str]:
    framework = get_framework()
    parts = [f"Framework {framework.name}, version {framework.version}."]
    for category, topics in framework.categories.items():
        rows = [(f"{t.name} (`{t.id}`)", f"{t.meaning} *Not:* {t.not_this}") for t in topics]
        parts += [f"### {category}", _make_table(("topic", "what it is about"), rows)]
    return parts


if __name__ == "__main__":
    TARGET.write_text(make_reference(), "utf-8")

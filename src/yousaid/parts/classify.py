"""A folder of Parquet files read by every core, part by part, and gone on with after a stop."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from yousaid.errors import InputError, OutputError
from yousaid.frameworks.questions import question_kind
from yousaid.ingest.tables import Table, open_table
from yousaid.model.artefact import load_model
from yousaid.model.batches import count_cores
from yousaid.parts.folders import Part, check_folders, find_names, find_parts, open_work_folder
from yousaid.parts.pool import read_parts
from yousaid.parts.record import Plan, ReadingOptions, find_undone
from yousaid.pipeline import TextChoice, choose_text

Say = Callable[[str], None]

_MOST_NAMES_SHOWN = 10
_DEFAULT = ReadingOptions()


@dataclass(frozen=True, slots=True)
class Classified:
    """What was done: how many parts and comments were read, and how many parts were there."""

    read_count: int
    kept_count: int
    comment_count: int


def classify_parquet(
    source: str | Path,
    target: str | Path,
    options: ReadingOptions = _DEFAULT,
    *,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
    say: Say = lambda _: None,
) -> Classified:
    """Read every Parquet file in a folder, and in the folders within, into a file of the same name
    in another: its columns as they are, those of a reading behind them (docs/scale.md).

    A part takes its place when it is whole. One that is there, made from the same file by the same
    model with the same options, is not read again: after a stop, run it again and it goes on.
    `workers` processes share the cores, one for each core where nobody says; `say` is told of each
    part that is done or has failed. Raises InputError where nothing can be read, or, when all else
    is done, where some parts could not be; OutputError where the target cannot be written.
    """
    source, target = Path(source), Path(target)
    if workers is not None and workers < 1:
        raise ValueError(f"{workers} workers: there must be one at least")
    check_folders(source, target)
    parts = find_parts(source, target)
    plan = _make_plan(parts, options, say)
    with open_work_folder(target) as work:
        _say_left_over(parts, target, say)
        undone = find_undone(parts, plan)
        comment_count, failures = 0, dict[str, str]()
        done_count = kept_count = len(parts) - len(undone)
        with closing(read_parts(undone, plan, work, workers or count_cores())) as events:
            for event in events:
                comment_count += event.row_count
                progress(event.row_count)
                if event.failure is not None and event.is_final:
                    raise OutputError(event.failure)
                if event.failure is not None:
                    failures[event.part.name] = event.failure
                    say(event.failure)
                elif event.is_done:
                    done_count += 1
                    say(f"{event.part.name} is done ({done_count:,} of {len(parts):,}).")
    if failures:
        raise InputError(_word_failures(failures, len(parts), target))
    return Classified(len(undone), kept_count, comment_count)


def _word_failures(failures: dict[str, str], part_count: int, target: Path) -> str:
    first, *others = failures.values()
    message = f"{len(failures):,} of {part_count:,} parts could not be read. {first} "
    if others:
        names = list(failures)[1:]
        shown, hidden = names[:_MOST_NAMES_SHOWN], len(names) - _MOST_NAMES_SHOWN
        more = f" and {hidden:,} more" if hidden > 0 else ""
        message += f"Nor could {', '.join(shown)}{more}. "
    return f"{message}The others are in {target}. Put this right and run it again."


def _make_plan(parts: Sequence[Part], options: ReadingOptions, say: Say) -> Plan:
    model = load_model(options.model).at_point(options.operating_point)
    table, choice = _choose_text(parts, options)
    if choice.question_column:
        _say_unknown(table, choice.question_column, say)
    return Plan(
        text=choice.column,
        question_column=choice.question_column,
        kind=choice.kind,
        model=options.model,
        operating_point=options.operating_point,
        model_label=model.label,
        with_probabilities=options.with_probabilities,
        with_mentions=options.with_mentions,
    )


def _choose_text(parts: Sequence[Part], options: ReadingOptions) -> tuple[Table, TextChoice]:
    """The columns as the first part has them that can be used at all."""
    refused: InputError | None = None
    for part in parts:
        try:
            table = open_table(str(part.source))
            return table, choose_text(table, options.text, options.question)
        except InputError as error:
            refused = refused or error
    assert refused is not None
    raise refused


def _say_left_over(parts: Sequence[Part], target: Path, say: Say) -> None:
    """What was read from files that are gone would be taken for part of the whole."""
    left = sorted({*find_names(target)} - {part.name for part in parts})
    if left:
        say(
            f"{target} holds {len(left):,} files of no part that is there (such as {left[0]}); "
            "they are left as they are."
        )


def _say_unknown(table: Table, column: str, say: Say) -> None:
    at = table.columns.index(column)
    wordings = {row[at] for row in next(table.batches(), []) if row[at].strip()}
    if unknown := sum(question_kind(wording) is None for wording in wordings):
        say(
            f"“{column}” of {table.name} has {unknown:,} wordings of no known kind of question in "
            "its first rows; they are read as “why”. Is it the right column?"
        )

"""The commands that read comments, show them, and make models: each reads its arguments, calls one
function and prints."""

import json
import sys
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yousaid.cli.base import (
    ModelOption,
    PointOption,
    SheetOption,
    app,
    say,
    show_progress,
)
from yousaid.errors import InputError, ModelError
from yousaid.model.points import DEFAULT_MODEL, DEFAULT_POINT
from yousaid.settings import read_settings

if TYPE_CHECKING:
    from yousaid.model.reader import Reader
    from yousaid.parts.record import ReadingOptions

# Heavy rooms are imported inside the commands that use them, so that --help comes at once.


@app.command()
def classify(
    file: Annotated[
        str, typer.Argument(help="A CSV or Excel file, or a folder of Parquet files; - for a pipe.")
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", help=".csv .xlsx .parquet .jsonl, or - for a pipe; a folder for one."
        ),
    ] = "-",
    text: Annotated[str | None, typer.Option(help="The column of comments.")] = None,
    question: Annotated[
        str | None,
        typer.Option(help="The column of questions, or one of what_good, could_improve, why."),
    ] = None,
    sheet: SheetOption = None,
    model: ModelOption = DEFAULT_MODEL,
    operating_point: PointOption = DEFAULT_POINT,
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help="Add a column for each topic.")
    ] = False,
    mentions: Annotated[
        bool, typer.Option("--mentions", help="Add a JSON column: topics, sentiment, evidence.")
    ] = False,
) -> None:
    """Write each comment back with its topics and sentiment.

    Example: yousaid classify comments.csv -o read.xlsx --text "What could we improve?"
    """
    if Path(file).is_dir():
        from yousaid.parts.record import ReadingOptions

        options = ReadingOptions(text, question, model, operating_point, probabilities, mentions)
        _classify_folder(Path(file), output, sheet, options)
        return

    from yousaid.ingest.tables import open_table
    from yousaid.model.reader import Reader
    from yousaid.pipeline import check_not_itself, choose_text, classify_table
    from yousaid.reports.tables import check_target, write_table

    check_target(output)
    check_not_itself(file, output)
    table = open_table(file, sheet)
    choice = choose_text(table, text, question)
    with show_progress(f"Reading {table.name}") as advance:
        columns, rows = classify_table(
            table,
            Reader(model, operating_point),
            choice,
            with_probabilities=probabilities,
            with_mentions=mentions,
            progress=advance,
            warn=say,
        )
        write_table(output, columns, rows)


def _classify_folder(
    folder: Path, output: str, sheet: str | None, options: "ReadingOptions"
) -> None:
    from yousaid.parts.classify import classify_parquet

    if output == "-":
        raise InputError(f"{folder} is a folder. Name the folder to write to with -o.")
    if sheet is not None:
        raise InputError("Parquet files have no sheets. Leave --sheet out.")
    with show_progress(f"Reading {folder.name}") as advance:
        done = classify_parquet(folder, output, options, progress=advance, say=say)
    there = f" {done.kept_count:,} were there already." if done.kept_count else ""
    say(f"Read {done.comment_count:,} comments in {done.read_count:,} parts.{there}")


@app.command()
def explain(
    text: Annotated[
        str,
        typer.Argument(
            help="The comment; - reads it from standard input, which keeps a patient's words out "
            "of the shell's history."
        ),
    ],
    question: Annotated[
        str, typer.Option(help="What it answers: what_good, could_improve, why, or the wording.")
    ] = "why",
    model: ModelOption = DEFAULT_MODEL,
    operating_point: PointOption = DEFAULT_POINT,
) -> None:
    """Say why one comment is read as it is: each topic's probability, and the words that move it.

    Example: yousaid explain "No parking at all!" --question could_improve
    """
    from rich.console import Console

    from yousaid.ingest.comment import check_question, read_comment
    from yousaid.model.reader import Reader
    from yousaid.reports.explanation import write_explanation

    kind = check_question(question)
    if text == "-":
        if sys.stdin.isatty():
            say("Type the comment, then press Ctrl-D on a line of its own.")
        text = read_comment(sys.stdin.buffer)
    if isinstance(sys.stdout, TextIOWrapper):
        # A comment may hold what this terminal cannot show.
        sys.stdout.reconfigure(errors="replace")
    explanation = Reader(model, operating_point).explain(text, kind)
    write_explanation(explanation, Console(highlight=False))


@app.command()
def serve(
    folder: Annotated[Path, typer.Argument(help="The store's folder.")],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
    name: Annotated[
        list[str] | None,
        typer.Option(help="A host name by which browsers reach this machine; may be repeated."),
    ] = None,
    allow_changes: Annotated[
        bool,
        typer.Option(
            "--allow-changes",
            help="Let other machines bring files in and take them back; this one always may.",
        ),
    ] = False,
) -> None:
    """Open the dashboard on a store, which is made where the folder is missing.

    Example: yousaid serve feedback --port 8080
    """
    from yousaid.sample import sample_path
    from yousaid.store.layout import create_store, open_store
    from yousaid.web.serve import serve_store

    settings = read_settings()
    # A folder that is there and is no store is a slip of the hand.
    get = open_store if folder.exists() else create_store
    store = get(folder, database=settings.database, index_folder=settings.index_folder)
    serve_store(
        store,
        host,
        port,
        tuple(name or ()),
        say,
        sample=sample_path(),
        allow_changes=allow_changes,
    )


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
) -> None:
    """Open the dashboard on the sample: three years of comments to an invented trust.

    Example: yousaid demo
    """
    from yousaid.sample import sample_path
    from yousaid.web.serve import serve_demo

    serve_demo(sample_path(), port, say)


@app.command()
def models(
    folders: Annotated[
        list[str] | None, typer.Argument(help="Folders of models of your own.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON instead of text.")] = False,
) -> None:
    """List the models that can read, with their scores, training and licence.

    Example: yousaid models models/mine
    """
    from yousaid.model.inventory import list_models
    from yousaid.reports.models import describe_models

    found = list_models(folders or ())
    typer.echo(json.dumps(found, indent=1) if as_json else describe_models(found))
    if damaged := sum(1 for model in found if model["fault"]):
        raise ModelError(f"Models that cannot be used: {damaged:,} of {len(found):,}.")


@app.command()
def train(
    configuration: Annotated[Path, typer.Argument(help="The training configuration, in TOML.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder of the new model.")],
    data: Annotated[Path, typer.Option(help="The folder of the labelled files.")] = Path(),
    work: Annotated[
        Path | None,
        typer.Option(help="Keeps what an encoder's training has done; run again, it goes on."),
    ] = None,
) -> None:
    """Train a model from labelled comments, and score it on comments it has not seen.

    Example: yousaid train training/fast.toml --data labelled -o models/mine
    """
    from yousaid.model.artefact import check_model_target, save_model
    from yousaid.model.card import make_card
    from yousaid.model.evaluate import describe_evaluation
    from yousaid.model.settings import read_configuration
    from yousaid.model.train import train_model

    check_model_target(output)
    settings, sources = read_configuration(configuration, data)
    today = datetime.now(UTC).date()
    model, evaluation = train_model(settings, sources, say, today=today, work=work)
    save_model(model, output, make_card(model))
    typer.echo(describe_evaluation(evaluation))


@app.command()
def evaluate(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Labelled comments, in CSV.", show_default=False)
    ] = None,
    model: ModelOption = DEFAULT_MODEL,
    behaviour: Annotated[
        bool,
        typer.Option("--behaviour", help="Put the written cases to the model: what it can do."),
    ] = False,
    failures: Annotated[
        bool, typer.Option("--failures", help="With --behaviour: list the cases that fail.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(help="A folder for a page on where the model is wrong. It holds no comment."),
    ] = None,
) -> None:
    """Score a model on labelled comments, or on the cases that come with it, with intervals.

    Example: yousaid evaluate labelled.csv --model fast
    """
    from yousaid.model.reader import Reader

    if not files and not behaviour:
        raise InputError("There is nothing to score. Name labelled files, or add --behaviour.")
    if failures and not behaviour:
        raise InputError("--failures lists cases. Add --behaviour.")
    if report and not files:
        raise InputError("--report is about labelled comments. Name their files.")
    reader = Reader(model)
    if files:
        _score_files(reader, files, report)
    if behaviour:
        _check_behaviour(reader, failures)


def _score_files(reader: "Reader", files: list[Path], report: Path | None) -> None:
    from yousaid.model.evaluate import describe_evaluation, predict_labelled
    from yousaid.model.evaluate import evaluate as score
    from yousaid.model.labels import get_file_digest, read_labelled

    comments = [comment for path in files for comment in read_labelled(path)]
    trained_on = {source["sha256"] for source in reader.model.card["sources"]}
    for path in files:
        if get_file_digest(path) in trained_on:
            say(f"{reader.model.label} was trained on {path.name}: these scores flatter it.")
    predicted = predict_labelled(reader, comments)
    if report:
        from yousaid.model.report import make_report
        from yousaid.web.reader_report import write_report

        title = f"How {reader.model.label} reads {', '.join(path.name for path in files)}"
        write_report(make_report(comments, predicted), title, report)
    typer.echo(describe_evaluation(score(comments, predicted)))


def _check_behaviour(reader: "Reader", with_failures: bool) -> None:
    from yousaid.model.behaviour import check_cases, count_groups, read_cases
    from yousaid.reports.behaviour import describe_failures, describe_groups
    from yousaid.store.filter import URGENT_FROM

    outcomes = check_cases(reader, read_cases(), URGENT_FROM)
    typer.echo(describe_groups(reader.model.label, count_groups(outcomes)))
    if with_failures:
        typer.echo(f"\n{describe_failures(outcomes)}")

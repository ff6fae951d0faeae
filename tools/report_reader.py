"""Writes docs/why/reader.md, where a sceptic reads how good the reader is and where it is wrong.

    python tools/report_reader.py training/best.toml OUTPUTS LABELLED.csv

OUTPUTS is the folder that tools/measure_reader.py filled by the same configuration, whose name is
that of the model: NAME.safetensors is what the report is about, and NAME_encoder, NAME_layer,
NAME_without_*, NAME_at_half, NAME_learnt_* and NAME_other_trust are its parts and trials. Nothing
is trained here; the model itself, where it is there to read, is put to the cases of tests/quality.
"""

import argparse
import csv
import shlex
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yousaid.errors import InputError, ModelError
from yousaid.model.compare import compare
from yousaid.model.evaluate import Figure, Predicted, evaluate
from yousaid.model.labels import LabelledComment, get_file_digest, read_labelled
from yousaid.model.out_of_fold import OutOfFold, load_out_of_fold
from yousaid.model.reader import Reader
from yousaid.model.report import make_report
from yousaid.model.report_text import make_sections, make_table
from yousaid.web.reader_report import PICTURE_TITLE
from yousaid.web.reliability_chart import draw_reliability

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "why"
PICTURE = "reliability.svg"
TRUST = "Trust"
NOT_YET = "Not measured yet."
DIFFERENCES = ("micro_f1", "macro_f1", "sentiment_macro_f1")
HEAD = ("topics, micro F1", "topics, macro F1", "sentiment, five levels")


@dataclass(frozen=True)
class Trials:
    """The answers of a folder, all about the same comments of one file, by file name."""

    comments: list[LabelledComment]
    trusts: list[str]
    found: dict[str, OutOfFold]

    def starting(self, start: str) -> dict[str, OutOfFold]:
        return {name: found for name, found in self.found.items() if name.startswith(start)}

    def get_layer(self, model: str) -> str:
        """Whose trials a model's are: its layer's, where it has an encoder beside."""
        return f"{model}_layer" if f"{model}_layer" in self.found else model


def read_trials(folder: Path, labelled: Path, column: str) -> Trials:
    """The answers of every file in the folder. Raises InputError where one is about another file of
    labelled comments, or about other rows of it than the rest."""
    digest = get_file_digest(labelled)
    paths = sorted(folder.glob("*.safetensors"))
    found = {path.stem: load_out_of_fold(path) for path in paths}
    if not found:
        raise InputError(f"{folder} holds no answers. Make them with tools/measure_reader.py.")
    rows = next(iter(found.values())).rows
    for path in paths:
        if found[path.stem].digest != digest:
            raise InputError(f"{path} is not about {labelled}. Name the file that it is about.")
        if not np.array_equal(found[path.stem].rows, rows):
            raise InputError(f"{path} is about other rows than the others. Make it again.")
    comments = read_labelled(labelled)
    with labelled.open(encoding="utf-8-sig", newline="") as file:
        trusts = [row.get(column, "") for row in csv.DictReader(file)]
    return Trials([comments[row] for row in rows], [trusts[row] for row in rows], found)


def make_page(trials: Trials, model: str, commands: str) -> tuple[str, str]:
    """The page in Markdown and its picture in SVG."""
    main = trials.found[model]
    report = make_report(trials.comments, main.predicted)
    parts = [
        f"# How good `{model}` is, and where it is wrong",
        "Made by `tools/report_reader.py` from what the reader said of real comments, labelled by "
        "hand by NHS staff in two English trusts. It had seen no wording of them: it learns from "
        f"all folds but one and is asked about that, {len(np.unique(main.folds))} times; "
        "calibration, thresholds and how often each level is said come from the other folds too. "
        "No comment stands on this page. "
        "Every number is made again by:",
        f"```\n{commands}\n```",
        *make_sections(report, PICTURE),
        *describe_parts(trials, model),
        *describe_trusts(trials, model),
        *describe_learning(trials, model),
        *describe_cases(model),
    ]
    return "\n\n".join(parts) + "\n", draw_reliability(report.bins, PICTURE_TITLE) + "\n"


def describe_trusts(trials: Trials, model: str) -> Iterator[str]:
    """What the reader loses in an organisation that it has never met."""
    yield "## In a trust that it has never met"
    tried = next(
        (n for n in (model, trials.get_layer(model)) if f"{n}_other_trust" in trials.found), None
    )
    if tried is None:
        yield NOT_YET
        return
    yield (
        "Learnt from one of the two trusts alone (with the comments that are never scored), and "
        "asked about the other; calibration and thresholds are the other's too. The two differ "
        "much, an ambulance and 111 service and a mental health and community trust, and one alone "
        "gives fewer comments to learn from: a warning of what a new kind of service may lose. "
        "Beside it, the same comments read by the reader that learnt from both."
        + say_whose(tried, model)
    )
    other = trials.found[f"{tried}_other_trust"]
    trusts = np.array(trials.trusts)
    rows = []
    for trust in sorted(set(trials.trusts)):
        chosen = np.flatnonzero(trusts == trust)
        comments = [trials.comments[row] for row in chosen]
        both, alone = (found.predicted.pick(chosen) for found in (trials.found[tried], other))
        rows += list(_compare_rows(trust, comments, both, alone))
    yield make_table(
        ("asked about", "learnt from both", "learnt from the other", "difference"), rows
    )


def say_whose(layer: str, model: str) -> str:
    """What a trial of one part alone must say of itself."""
    return f" Measured on the layer of `{model}` alone, without its encoder." * (layer != model)


def _compare_rows(
    trust: str, comments: list[LabelledComment], both: Predicted, alone: Predicted
) -> Iterator[tuple[object, ...]]:
    before, after = evaluate(comments, both), evaluate(comments, alone)
    differences = compare(comments, both, alone)
    for name, words in zip(DIFFERENCES, HEAD, strict=True):
        yield (
            f"{trust}, {before.row_count:,} comments: {words}",
            getattr(before, name),
            getattr(after, name),
            write_difference(differences[name]),
        )
    yield (
        f"{trust}: topics, mean average precision",
        before.mean_average_precision,
        after.mean_average_precision,
        "",
    )


def write_difference(figure: Figure | None) -> str:
    """The difference with its sign and interval; bold where the interval does not hold 0."""
    if figure is None:
        return "–"
    words = f"{figure.value:+.3f} ({figure.low:+.3f} to {figure.high:+.3f})".replace("-", "−")
    return words if figure.low <= 0 <= figure.high else f"**{words}**"


def describe_learning(trials: Trials, model: str) -> Iterator[str]:
    """What more labelled comments would bring."""
    yield "## Would more labelled comments help?"
    layer = trials.get_layer(model)
    steps = trials.starting(f"{layer}_learnt_")
    if not steps:
        yield NOT_YET
        return
    main = trials.found[layer].predicted
    shares = sorted(steps, key=lambda name: int(name.rpartition("_")[2]))
    yield (
        "The reader learnt again from a share of the real wordings, the rest of its training and "
        "the comments it is asked about unchanged. The last column is how much all of them add."
        + say_whose(layer, model)
    )
    rows = [
        (
            f"{name.rpartition('_')[2]} %",
            *_list_scores(trials, steps[name].predicted),
            write_difference(compare(trials.comments, steps[name].predicted, main)["macro_f1"]),
        )
        for name in shares
    ]
    rows.append(("100 %", *_list_scores(trials, main), ""))
    yield make_table(("real wordings", *HEAD, "all add (macro F1)"), rows)
    yield answer_learning(shares[-1].rpartition("_")[2], trials, steps[shares[-1]].predicted, main)


def answer_learning(share: str, trials: Trials, part: Predicted, main: Predicted) -> str:
    """Whether more is worth labelling, in a sentence."""
    gain = compare(trials.comments, part, main)["macro_f1"]
    assert gain is not None
    words = write_difference(gain).strip("*")
    if gain.low > 0:
        return (
            f"Yes: from {share} % to all of them the topics' macro F1 still rose by {words}, so "
            "the curve has not gone flat."
        )
    return (
        f"Not shown: from {share} % to all of them the topics' macro F1 moved by {words}, an "
        "interval that holds 0."
    )


def _list_scores(trials: Trials, predicted: Predicted) -> tuple[str, ...]:
    scores = evaluate(trials.comments, predicted)
    return tuple(str(getattr(scores, name) or "–") for name in DIFFERENCES)


def describe_parts(trials: Trials, model: str) -> Iterator[str]:
    """What each part of the reader is for."""
    yield "## What each part is for"
    layer = trials.get_layer(model)
    parts = [name for name in (f"{model}_encoder", f"{model}_layer") if name in trials.found]
    names = [*parts, *find_without(trials, model)]
    if not names:
        yield NOT_YET
        return
    yield (
        "The same folds without one part, and what that changes: a part earns its place where the "
        "scores fall without it. Bold where the 95 % interval of the difference does not hold 0."
    )
    yield compare_parts(trials, model, names)
    names = find_without(trials, layer)
    if layer != model and names:
        yield (
            "The parts of the layer, against the layer alone. They were not tried with the encoder "
            "beside it, which may make up for some of them."
        )
        yield compare_parts(trials, layer, names)


def find_without(trials: Trials, model: str) -> list[str]:
    """The trials of a model, or of a layer, with something left out."""
    return [*trials.starting(f"{model}_without_"), *trials.starting(f"{model}_at_half")]


def compare_parts(trials: Trials, model: str, names: Sequence[str]) -> str:
    """The scores of a model, and how far those of its trials differ. Raises InputError where one
    was measured by other folds."""
    main = trials.found[model]
    rows = [(f"**{main.title}**", *_list_scores(trials, main.predicted))]
    for name in names:
        found = trials.found[name]
        if not np.array_equal(found.folds, main.folds):
            raise InputError(f"{name} was measured by other folds than {model}. Measure it again.")
        differences = compare(trials.comments, main.predicted, found.predicted)
        rows.append((found.title, *(write_difference(differences[key]) for key in DIFFERENCES)))
    return make_table(("", *HEAD), rows)


def describe_cases(model: str) -> Iterator[str]:
    """The scores on comments that were written to trip the reader up."""
    sys.path.insert(0, str(ROOT))
    from tests.quality import test_reader_quality as quality

    yield "## On cases written to trip it up"
    try:
        reader = Reader(model)
    except ModelError:
        yield NOT_YET
        return
    # The figures are of the cases as the model of this name reads them.
    vars(quality)["DEFAULT_MODEL"] = model
    quality.read_cases.cache_clear()
    yield (
        f"{len(quality.read_cases())} comments written for this test alone and never used to "
        "train or choose anything (`tests/quality/cases.csv`), read by "
        f"`{reader.model.label}`. The build fails when the default model is below the floor."
    )
    rows = [
        (name, f"{find():.3f}", f"{quality.FLOORS[name]:.2f}")
        for name, find in quality.FIGURES.items()
    ]
    yield make_table(("", "score", "floor"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("configuration", type=Path, help="by which the model was measured")
    parser.add_argument("outputs", type=Path)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--trust", default=TRUST, help="the column that names the trust")
    parser.add_argument("-o", "--output", type=Path, default=TARGET, help="the page's folder")
    given = parser.parse_args()
    settings = tomllib.loads(given.configuration.read_text("utf-8"))
    work = " --work WORK" if "encoder" in settings else ""
    trust = f" --trust {shlex.quote(given.trust)}" if given.trust != TRUST else ""
    configuration = f"training/{given.configuration.name}"
    measure = (
        f"python tools/measure_reader.py {configuration} --data LABELLED{work}{trust} -o OUTPUTS"
    )
    commands = [measure]
    trials = read_trials(given.outputs, given.labelled, given.trust)
    if work and f"{settings['name']}_other_trust" in trials.found:
        commands.append(f"{measure} --only joined_other_trust")
    commands.append(
        f"python tools/report_reader.py {configuration} OUTPUTS LABELLED/{given.labelled.name}"
        f"{trust}"
    )
    page, picture = make_page(trials, settings["name"], "\n".join(commands))
    given.output.mkdir(parents=True, exist_ok=True)
    (given.output / PICTURE).write_text(picture, "utf-8")
    (given.output / "reader.md").write_text(page, "utf-8")


if __name__ == "__main__":
    main()

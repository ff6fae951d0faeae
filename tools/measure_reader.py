"""Measures a model and every part of it, and keeps the answers for report_reader.py.

    python tools/measure_reader.py training/fast.toml --data FOLDER --trust Trust -o OUTPUTS

Each trial is trained and tested by the same folds and leaves one file, OUTPUTS/NAME.safetensors; a
trial whose file is there is not run again. NAME begins with the configuration's.

Where the configuration has an encoder, NAME is of both parts together, NAME_encoder and NAME_layer
of one part alone, and the trials are of the layer (NAME_layer_without_pieces), as fine-tuning the
encoder anew would take an hour each time. --only joined_other_trust does it once, for
NAME_other_trust. With --work, the folder that `yousaid train --work` filled, the encoder is not
fine-tuned again for the rest, which takes about half an hour on two quiet cores.
"""

import argparse
import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yousaid.model.calibrate import make_folds
from yousaid.model.evaluate import Predicted
from yousaid.model.features import GROUPS, Group, make_features
from yousaid.model.fit import fit_layer
from yousaid.model.labels import normalise_text
from yousaid.model.linear import Floats, LinearLayer
from yousaid.model.out_of_fold import OutOfFold, save_out_of_fold
from yousaid.model.scores import (
    LEVELS,
    OUTPUT_COUNT,
    TOPIC_COUNT,
    decide_topics,
    score_texts,
    sigmoid,
)
from yousaid.model.settings import Settings, Source, read_configuration
from yousaid.model.train import (
    Rows,
    decide_folds,
    gather_rows,
    get_levels,
    join_folds,
    join_outputs,
    learn_scaling,
    make_choice_rows,
)
from yousaid.records import QuestionKind

Bools = NDArray[np.bool_]
Reals = NDArray[np.float64]
Score = Callable[[LinearLayer, Sequence[str], Sequence[QuestionKind]], Reals]
OTHER_TRUST_TITLE = "learnt from the other trust alone"
# Fine-tunes the encoder for each trust: an hour, so it is run only where it is asked for.
JOINED = "joined_other_trust"
AT_HALF = "without calibration and learnt thresholds (every topic from 0.5)"


@dataclass(frozen=True)
class Bench:
    """What every trial shares: the comments, the folds, and to whom each scored comment came."""

    settings: Settings
    rows: Rows
    wordings: NDArray[np.str_]
    folds: NDArray[np.int64]
    trust_folds: NDArray[np.int64]
    is_phase1: Bools
    digest: str
    work: Path | None

    @property
    def everything(self) -> Bools:
        return np.ones(len(self.folds), bool)

    @property
    def layer(self) -> str:
        """What the layer's own answers are called."""
        return f"{self.settings.name}_layer" if self.settings.encoder else self.settings.name


def make_bench(
    settings: Settings, sources: Sequence[Source], data: Path, column: str, work: Path | None
) -> Bench:
    """The bench of a configuration that scores one file, which names the trust in a column."""
    (scored,) = (source for source in sources if source.is_scored)
    rows = gather_rows(sources)
    texts = [comment.text for comment in rows.comments]
    with (data / scored.file_name).open(encoding="utf-8-sig", newline="") as file:
        trusts = [row[column] for row in csv.DictReader(file)]
    names = sorted(set(trusts))
    trust_folds = [
        names.index(trusts[position]) if is_scored else -1
        for position, is_scored in zip(rows.positions, rows.is_scored, strict=True)
    ]
    return Bench(
        settings,
        rows,
        np.array([normalise_text(text) for text in texts]),
        make_folds(texts, settings.folds, settings.seed),
        np.array(trust_folds),
        # Real comments that teach sentiment only.
        np.array([not c.is_synthetic and not c.topics for c in rows.comments]),
        scored.digest,
        work,
    )


def score_whole(layer: LinearLayer, texts: Sequence[str], kinds: Sequence[QuestionKind]) -> Reals:
    return layer.score(make_features(texts, kinds)).astype(np.float64)


def score_pieces(layer: LinearLayer, texts: Sequence[str], kinds: Sequence[QuestionKind]) -> Reals:
    return score_texts(layer, texts, kinds).outputs.astype(np.float64)


def find_outputs(
    bench: Bench,
    folds: NDArray[np.int64],
    learnt: Bools,
    groups: Sequence[Group] = GROUPS,
    scores: Sequence[Score] = (score_pieces,),
) -> list[Reals]:
    """Outputs for the comments of each fold, by each way of scoring, from a layer that learnt from
    those marked and saw no wording of the fold."""
    found = [np.zeros((len(folds), OUTPUT_COUNT)) for _ in scores]
    for fold in np.unique(folds[folds >= 0]):
        held = folds == fold
        taught = ~held & learnt & ~np.isin(bench.wordings, bench.wordings[held])
        chosen = [bench.rows.comments[row] for row in np.flatnonzero(taught)]
        layer = fit_layer(bench.settings, chosen, bench.rows.weights.pick(taught), groups)
        unseen = [bench.rows.comments[row] for row in np.flatnonzero(held)]
        texts, kinds = [c.text for c in unseen], [c.kind for c in unseen]
        for outputs, score in zip(found, scores, strict=True):
            outputs[held] = score(layer, texts, kinds)
    return found


def answer(
    bench: Bench,
    outputs: Reals,
    folds: NDArray[np.int64],
    learnt: Bools,
    title: str,
    without: Mapping[int, Reals] | None = None,
) -> OutOfFold:
    """The decisions as they ship: calibration, thresholds and how often each level comes are learnt
    from the other folds; `without` as `decide_folds` takes it."""
    known = learnt & (folds >= 0)
    truth, judged = make_choice_rows(bench.rows)
    choice = truth, judged & known[:, None]
    levels = get_levels(bench.rows) * known
    decided = decide_folds(outputs, choice, folds, levels=levels, without=without)
    return keep(bench, decided, folds, title)


def keep(bench: Bench, predicted: Predicted, folds: NDArray[np.int64], title: str) -> OutOfFold:
    scored = np.flatnonzero(bench.rows.is_scored)
    return OutOfFold(
        title, bench.digest, bench.rows.positions[scored], folds[scored], predicted.pick(scored)
    )


def decide_at_half(outputs: Reals) -> Predicted:
    """As the layer comes: no calibration, and a topic is said from one half."""
    chances = sigmoid(outputs[:, :TOPIC_COUNT])
    everyone = np.ones(len(outputs), bool)
    decisions = decide_topics(chances, [0.5] * TOPIC_COUNT, everyone)
    return Predicted(chances, decisions, outputs[:, LEVELS].argmax(1) + 1)


def try_base(bench: Bench) -> dict[str, OutOfFold]:
    everything, folds = bench.everything, bench.folds
    pieces, whole = find_outputs(bench, folds, everything, scores=(score_pieces, score_whole))
    title = "the layer alone" if bench.settings.encoder else "all of it"
    return {
        **(try_encoder(bench, pieces) if bench.settings.encoder else {}),
        f"{bench.layer}_at_half": keep(bench, decide_at_half(pieces), folds, AT_HALF),
        f"{bench.layer}_without_pieces": answer(
            bench, whole, folds, everything, "without the pieces"
        ),
        bench.layer: answer(bench, pieces, folds, everything, title),
    }


def try_encoder(bench: Bench, layer: Reals) -> dict[str, OutOfFold]:
    """The encoder alone, and joined to the layer's outputs as training joins them."""
    settings, rows, folds = bench.settings, bench.rows, bench.folds
    encoder = encode(bench, folds)
    scaled = learn_scaling(rows, layer).apply(layer)
    both = join_outputs(scaled, encoder, settings.encoder_share)
    alone = encoder.astype(np.float64)
    without = join_folds(rows, layer, encoder, folds, settings.encoder_share)
    encoder_name = f"{settings.name}_encoder"
    found = {
        settings.name: answer(bench, both, folds, bench.everything, "all of it", without),
        encoder_name: answer(bench, alone, folds, bench.everything, "the encoder alone"),
    }
    half = keep(bench, decide_at_half(both), folds, AT_HALF)
    return {**found, f"{settings.name}_at_half": half}


def encode(bench: Bench, folds: NDArray[np.int64]) -> Floats:
    from yousaid.model.crossfit import encode_unseen

    rows, settings = bench.rows, bench.settings.encoder
    assert settings
    return encode_unseen(settings, rows.comments, rows.weights, folds, bench.work, progress)


def progress(line: str) -> None:
    print(line, flush=True)


def try_without(name: str, title: str, left_out: Callable[[Bench], Bools]) -> "Trial":
    def run(bench: Bench) -> dict[str, OutOfFold]:
        learnt = ~left_out(bench)
        (outputs,) = find_outputs(bench, bench.folds, learnt)
        return {f"{bench.layer}_{name}": answer(bench, outputs, bench.folds, learnt, title)}

    return name, run


def try_words(bench: Bench) -> dict[str, OutOfFold]:
    (outputs,) = find_outputs(bench, bench.folds, bench.everything, groups=("words",))
    title = "without runs of characters"
    name = f"{bench.layer}_without_characters"
    return {name: answer(bench, outputs, bench.folds, bench.everything, title)}


def try_trusts(bench: Bench) -> dict[str, OutOfFold]:
    folds = bench.trust_folds
    (outputs,) = find_outputs(bench, folds, bench.everything)
    found = answer(bench, outputs, folds, bench.everything, OTHER_TRUST_TITLE)
    return {f"{bench.layer}_other_trust": found}


def try_trusts_joined(bench: Bench) -> dict[str, OutOfFold]:
    settings, folds = bench.settings, bench.trust_folds
    (outputs,) = find_outputs(bench, folds, bench.everything)
    without = join_folds(bench.rows, outputs, encode(bench, folds), folds, settings.encoder_share)
    found = answer(bench, outputs, folds, bench.everything, OTHER_TRUST_TITLE, without)
    return {f"{settings.name}_other_trust": found}


def find_rest(percent: int) -> Callable[[Bench], Bools]:
    """The scored comments but for a share of their wordings, drawn once; a larger share holds the
    smaller one."""

    def find(bench: Bench) -> Bools:
        wordings = sorted(set(bench.wordings[bench.rows.is_scored].tolist()))
        order = np.random.default_rng(bench.settings.seed).permutation(len(wordings))
        kept = [wordings[place] for place in order[: len(wordings) * percent // 100]]
        return bench.rows.is_scored & ~np.isin(bench.wordings, kept)

    return find


def is_written_for_this(bench: Bench) -> Bools:
    return np.array([comment.is_synthetic for comment in bench.rows.comments])


Trial = tuple[str, Callable[[Bench], dict[str, OutOfFold]]]
# By the last part of the name of the last file that each leaves, what teaches most first.
TRIALS: tuple[Trial, ...] = (
    ("", try_base),
    ("other_trust", try_trusts),
    try_without("without_synthetic", "without comments written for this", is_written_for_this),
    try_without("learnt_50", "50 % of the real wordings", find_rest(50)),
    try_without("learnt_25", "25 % of the real wordings", find_rest(25)),
    ("without_characters", try_words),
    try_without("learnt_10", "10 % of the real wordings", find_rest(10)),
    try_without("without_phase1", "without sentiment of three other trusts", lambda b: b.is_phase1),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("configuration", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled files")
    parser.add_argument("--trust", default="Trust", help="column that names the trust")
    parser.add_argument("--work", type=Path, help="folder of an encoder's unfinished training")
    parser.add_argument("-o", "--output", type=Path, required=True)
    names = [*(name for name, _ in TRIALS if name), JOINED]
    parser.add_argument(
        "--only",
        nargs="*",
        choices=names,
        help=f"the trials to run beside the model itself, of: {' '.join(names)}",
    )
    given = parser.parse_args()
    settings, sources = read_configuration(given.configuration, given.data)
    bench = make_bench(settings, sources, given.data, given.trust, given.work)
    given.output.mkdir(parents=True, exist_ok=True)
    for name, run in TRIALS:
        is_asked = not name or given.only is None or name in given.only
        last = f"{bench.layer}_{name}".rstrip("_")
        if not is_asked or (given.output / f"{last}.safetensors").exists():
            continue
        progress(last)
        save(given.output, run(bench))
    joined = f"{settings.name}_other_trust"
    is_asked = given.only is not None and JOINED in given.only
    if is_asked and settings.encoder and not (given.output / f"{joined}.safetensors").exists():
        progress(joined)
        save(given.output, try_trusts_joined(bench))


def save(folder: Path, answers: Mapping[str, OutOfFold]) -> None:
    for name, found in answers.items():
        save_out_of_fold(folder / f"{name}.safetensors", found)


if __name__ == "__main__":
    main()

"""How fast comments are read, as a ratio to scikit-learn doing the same sums in the same run.

    python bench/classify.py [FILE --text COLUMN] [--rounds 5]

The contenders read the same texts, each in a process of its own, in turn, round by round:
  best      `Reader("best").read` without evidence, of every tenth text; the others are of `fast`
  whole     `yousaid classify` as people use it: the file in, the file out, topics, sentiment, mixed
  bare      `Reader.read` without evidence: texts in, readings out
  table     `Reader.read_table`: an Arrow table in, an Arrow table out, no object for a comment
  scores    the model alone: texts in, scores of every output out, pieces of comments included
  sklearn   a stand-in of the same shape in scikit-learn: word (1–3) and character (3–5) n-grams of
            these texts, TF-IDF, and one logistic regression for each of the same number of outputs
            by `predict_proba`, whole comments only. Its weights are random, which changes what it
            says and not how long it takes
Printed: the median rate of each, by the clock and by the seconds of processor that it took (what
one core would do on a quiet machine; a busy one slows both, the clock much more), its peak memory,
and the ratio of its processor time to scikit-learn's, round by round.
"""

import argparse
import csv
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONTENDERS = ("best", "whole", "bare", "table", "scores", "sklearn")
Timed = tuple[int, float, float]


def _clock() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(start: tuple[float, float]) -> tuple[float, float]:
    wall, processor = _clock()
    return wall - start[0], processor - start[1]


def read_texts(path: str, column: str) -> list[str]:
    from yousaid.ingest.tables import open_table

    table = open_table(path)
    place = table.columns.index(column)
    return [row[place] for _, row in table.rows()]


def time_whole(path: str, column: str) -> Timed:
    from yousaid.ingest.tables import open_table
    from yousaid.model.reader import Reader
    from yousaid.pipeline import choose_text, classify_table
    from yousaid.reports.tables import write_table

    reader = Reader("fast")
    reader.read(["Das Essen war kalt, aber alle waren nett"])  # what is loaded once is loaded
    count = 0

    def progress(done: int) -> None:
        nonlocal count
        count += done

    with tempfile.TemporaryDirectory() as folder:
        start = _clock()
        table = open_table(path)
        choice = choose_text(table, column, None)
        columns, rows = classify_table(table, reader, choice, progress=progress)
        write_table(f"{folder}/out.csv", columns, rows)
        return count, *_since(start)


def time_best(texts: list[str]) -> Timed:
    return time_bare(texts[::10], "best")


def time_bare(texts: list[str], model: str = "fast") -> Timed:
    from yousaid.model.reader import Reader

    reader = Reader(model)
    reader.read(["Das Essen war kalt, aber alle waren nett"])  # what is loaded once is loaded
    start = _clock()
    reader.read(texts, with_evidence=False)
    return len(texts), *_since(start)


def time_table(texts: list[str]) -> Timed:
    from arro3.core import Array, DataType, Table

    from yousaid.model.reader import Reader

    reader = Reader("fast")
    reader.read(["Das Essen war kalt, aber alle waren nett"])  # what is loaded once is loaded
    table = Table.from_pydict({"said": Array(texts, type=DataType.string())})
    start = _clock()
    for _ in reader.read_table(table, "said"):
        pass
    return len(texts), *_since(start)


def time_scores(texts: list[str]) -> Timed:
    from yousaid.model.batches import cut
    from yousaid.model.reader import Reader
    from yousaid.model.scores import make_scores, score_texts

    layer = Reader("fast").model.layer
    start = _clock()
    for part in cut(len(texts)):
        batch = texts[part]
        make_scores(score_texts(layer, batch, ["why"] * len(batch)))
    return len(texts), *_since(start)


def time_sklearn(texts: list[str]) -> Timed:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline, make_union

    from yousaid.model.reader import Reader

    outputs = Reader("fast").model.layer.weights.shape[1]
    union = make_union(
        TfidfVectorizer(ngram_range=(1, 3), min_df=2),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2),
    )
    with (Path(__file__).parent.parent / "training/synthetic/place.csv").open() as file:
        union.fit([*texts, *(row["text"] for row in csv.DictReader(file))])
    size = sum(len(part.vocabulary_) for _, part in union.transformer_list)
    random = np.random.default_rng(0)
    classifier = OneVsRestClassifier(LogisticRegression())
    classifier.estimators_ = [LogisticRegression() for _ in range(outputs)]
    for model in classifier.estimators_:
        model.classes_ = np.array([0, 1])
        model.coef_, model.intercept_ = random.normal(size=(1, size)), np.zeros(1)
    classifier.label_binarizer_ = type("Binarizer", (), {"y_type_": "multilabel-indicator"})()
    pipeline = make_pipeline(union, classifier)
    start = _clock()
    pipeline.predict_proba(texts)
    return len(texts), *_since(start)


def run_one(contender: str, path: str, column: str) -> None:
    if contender == "whole":
        count, seconds, processor = time_whole(path, column)
    else:
        timers = {
            "best": time_best,
            "bare": time_bare,
            "table": time_table,
            "scores": time_scores,
        }
        count, seconds, processor = timers.get(contender, time_sklearn)(read_texts(path, column))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rate": count / seconds, "cpu_rate": count / processor, "peak_mb": peak}))


def compare(path: str, column: str, rounds: int) -> None:
    found: dict[str, list[dict[str, float]]] = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name in CONTENDERS:
            command = [sys.executable, __file__, path, "--text", column, "--only", name]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found[name].append(json.loads(done.stdout))
    print(f"{Path(path).name}: {rounds} rounds, medians (lowest to highest)")
    for name in CONTENDERS:
        rate, cpu_rate = (
            statistics.median(one[kind] for one in found[name]) for kind in ("rate", "cpu_rate")
        )
        peak = statistics.median(one["peak_mb"] for one in found[name])
        pairs = zip(found[name], found["sklearn"], strict=True)
        ratios = [ours["cpu_rate"] / theirs["cpu_rate"] for ours, theirs in pairs]
        print(
            f"  {name:<8} {rate:>9,.0f} comments/s, {cpu_rate:>9,.0f} a processor second, "
            f"peak {peak:,.0f} MB, "
            f"{statistics.median(ratios):.2f} × scikit-learn "
            f"({min(ratios):.2f} to {max(ratios):.2f})"
        )


if __name__ == "__main__":
    from yousaid.sample import sample_path

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", default=str(sample_path()))
    parser.add_argument("--text", default="What could we improve?")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=CONTENDERS)
    arguments = parser.parse_args()
    if arguments.only:
        run_one(arguments.only, arguments.file, arguments.text)
    else:
        compare(arguments.file, arguments.text, arguments.rounds)

"""How well personal details are masked, how much else is, and how quickly.

    python bench/masking.py FOLDER      (that of fft_v6_dev.csv and phase1_dev.csv)

Printed: of the invented details that the rules were made with and of those kept aside, how many are
found; of the comments in the files, which people had cleared of patients' details, how many have
anything masked, by rule; and comments a second on one core, beside what the quickest model takes to
read the same. `--show` prints what was masked in the files, for somebody who may see it to judge.
"""

import argparse
import csv
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.unit.ingest.test_masking import count_gone

from yousaid.ingest.masking import mask_text
from yousaid.measures.intervals import share
from yousaid.model.reader import Reader

FILES = {"fft_v6_dev.csv": "FFT answer", "phase1_dev.csv": "feedback"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    for name in ("masking_cases.txt", "masking_held_out.txt"):
        for kind, (gone, total) in count_gone(name).items():
            found = share(gone, total)
            print(f"{name} {kind}: {gone} of {total}, {found.low:.0f} to {found.high:.0f} %")
    texts = read_texts(asked.folder)
    for with_staff in (False, True):
        report_masks(texts, with_staff=with_staff, show=asked.show)
    report_speed(texts)


def read_texts(folder: Path) -> list[str]:
    texts = []
    for name, column in FILES.items():
        with (folder / name).open(encoding="utf-8", newline="") as file:
            texts += [row[column] for row in csv.DictReader(file)]
    return texts


def report_masks(texts: list[str], *, with_staff: bool, show: bool) -> None:
    found = [(text, mask_text(text, with_staff=with_staff).masks) for text in texts]
    rules = Counter(mask.rule for _, masks in found for mask in masks)
    masked = sum(bool(masks) for _, masks in found)
    whose = "patients and staff" if with_staff else "patients"
    print(f"of {whose}: {masked} of {len(texts):,} comments have a mask; {dict(rules)}")
    if show:
        print(sorted({text[mask.start : mask.end] for text, masks in found for mask in masks}))


def report_speed(texts: list[str]) -> None:
    start = time.perf_counter()
    for text in texts:
        mask_text(text, with_staff=True)
    masking = time.perf_counter() - start
    reader = Reader("fast")
    start = time.perf_counter()
    reader.read(texts, ["why"] * len(texts))
    reading = time.perf_counter() - start
    average = sum(map(len, texts)) / len(texts)
    print(
        f"{len(texts) / masking:,.0f} comments of {average:.0f} characters a second; the model "
        f"“fast” takes {reading / masking:.1f} times as long"
    )


if __name__ == "__main__":
    main()

import re

from yousaid.model.reliability import Bin
from yousaid.web.reliability_chart import describe_bins, draw_reliability

BINS = (Bin(100, 0.04, 2), Bin(50, 0.5, 30), Bin(20, 0.93, 20))


def test_draw_reliability_draws_a_dot_and_an_interval_for_each_bin() -> None:
    drawn = draw_reliability(BINS, "Honest?")
    dots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn)
    # 340 pixels for 100 per cent, from 60 across and from 380 up.
    assert dots == [("73.6", "373.2"), ("230", "176"), ("376.2", "40")]
    assert len(re.findall(r'stroke="#005eb8" stroke-width="2"', drawn)) == len(BINS)
    for label in ("100", "50", "20", "Probability that the reader gave"):
        assert f">{label}<" in drawn


def test_describe_bins_in_words() -> None:
    assert describe_bins(BINS) == (
        "Of 100 answers given 4%, 2% were right; of 50 answers given 50%, 60% were right; "
        "of 20 answers given 93%, 100% were right."
    )
    assert describe_bins(()) == "No answers."

"""Control charts held against NHSRplotthedots 0.2.2, run once on 150 random series."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from yousaid.measures.spc import ChartOptions, make_xmr

# Beside a checkout of the project where it is built; the reference itself needs R.
REFERENCE = Path(__file__).parents[5] / "shared" / "data" / "spc_reference.csv"
NAMES = {
    None: "Common Cause",
    "above_limit": "Above UCL",
    "below_limit": "Below LCL",
    "rising": "7 Point Trend (Increasing)",
    "falling": "7 Point Trend (Decreasing)",
    "near_upper_limit": "2 in 3 Above CL",
    "near_lower_limit": "2 in 3 Below CL",
    "run_above": "7 Points Above CL",
    "run_below": "7 Points Below CL",
}


def read_reference():
    series = defaultdict(list)
    with REFERENCE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            series[row["series"], row["screen_outliers"] == "True"].append(row)
    return series


@pytest.mark.skipif(not REFERENCE.is_file(), reason="no shared data folder")
def test_limits_and_causes_are_the_reference_s():
    different, count = [], 0
    for (name, screens), rows in read_reference().items():
        values = [float(row["value"]) for row in rows]
        chart = make_xmr(values, ChartOptions(better="higher", screens=screens))
        for point, row in zip(chart.points, rows, strict=True):
            count += 1
            lines = [float(row[line]) for line in ("lower_limit", "mean", "upper_limit")]
            assert [point.lower, point.centre, point.upper] == pytest.approx(lines, abs=1e-9)
            if NAMES[point.cause] != row["special_cause_type"]:
                different.append(
                    (name, screens, row["point"], NAMES[point.cause], row["special_cause_type"])
                )
    assert count == 9496
    assert different == []

"""What was measured, boiled down to what the tables and the plot show."""

import statistics
from typing import Any

Figures = dict[str, Any]


def summarise(times: list[float]) -> Figures:
    """How many, and the middle, the 95th of a hundred and the longest, in milliseconds."""
    ordered = sorted(times)
    return {
        "count": len(ordered),
        "p50": 1000 * statistics.median(ordered),
        "p95": 1000 * ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)],
        "max": 1000 * ordered[-1],
    }


def boil_down(measured: Figures) -> Figures:
    """The figures of one size."""
    made = measured["made"]
    return {
        "row_count": made["row_count"],
        "load": {
            "generating": made["seconds_generating"],
            "adding": made["seconds_loading"],
            "indexing": measured["index"]["seconds"],
            "peak": made["peak"],
        },
        "disk": made["disk"],
        "rows": {row: _boil_row(measured, row) for row in measured["ours"]["rows"]},
        "open": {name: measured[f"{name}_open"] for name in ("ours", "pandas", "sqlite")},
        "memory": {name: measured[f"{name}_memory"] for name in ("ours", "pandas", "sqlite")},
        "busy": measured["ours"]["load"],
        **({"people": measured["people"]} if "people" in measured else {}),
    }


def _boil_row(measured: Figures, row: str) -> Figures:
    ours = measured["ours"]["rows"][row]
    kinds = list(dict.fromkeys(question["kind"] for question in ours))
    found: Figures = {
        "clock": summarise([question["seconds"] for question in ours]),
        "processor": summarise([question["processor"] for question in ours]),
        "kinds": {
            kind: summarise([q["seconds"] for q in ours if q["kind"] == kind]) for kind in kinds
        },
        "others": {},
    }
    for name in ("pandas", "sqlite"):
        if theirs := measured[name]["rows"].get(row):
            found["others"][name] = _compare(ours, theirs)
    return found


def _compare(ours: list[Figures], theirs: list[Figures]) -> Figures:
    """The same questions: how many, how many times as long by the middle one and by all of them,
    how many answers could be held together, and how many of those differ."""
    pairs = [(ours[one["place"]], one) for one in theirs]
    compared = [(our, their) for our, their in pairs if our["answer"] and their["answer"]]
    return {
        "count": len(pairs),
        "p95": summarise([their["seconds"] for _, their in pairs])["p95"],
        "ratio": sum(t["seconds"] for _, t in pairs) / sum(o["seconds"] for o, _ in pairs),
        "ratio_of_middle": statistics.median(t["seconds"] / o["seconds"] for o, t in pairs),
        "compared": len(compared),
        "different": sum(our["answer"] != their["answer"] for our, their in compared),
    }

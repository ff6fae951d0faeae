"""An invented trust: its places, its people and its days, from one seed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yousaid.records import QuestionKind

SEED = 4
SITES = ("City Hospital", "Royal Infirmary", "St Anne's", "Hillside", "Community", "Riverside")
DIVISIONS = (
    "Medicine",
    "Surgery",
    "Maternity",
    "Children",
    "Outpatients",
    "Emergency",
    "Mental health",
)
WARD_COUNT = 300
FIRST_DAY = date(2018, 4, 1)
# The fourth year ends the days that came in with the first upload; then there is one a quarter.
BACKFILL_DAYS, UPLOAD_DAYS = 4 * 365, 91
DAY_COUNT = BACKFILL_DAYS + 12 * UPLOAD_DAYS
GROWTH = 1.2  # a year
UNDATED_SHARE = 0.005
# Which kinds are asked at a site, each with the wording of earlier years and of later ones.
WORDINGS: dict[QuestionKind, tuple[str, str]] = {
    "what_good": ("What did we do well?", "What was good about your visit?"),
    "could_improve": ("What could we do better?", "What could we do better?"),
    "why": ("Please tell us why you gave your answer.", "Why did you give that score?"),
}
KINDS: tuple[QuestionKind, ...] = tuple(WORDINGS)
SCORE_SHARES = (0.62, 0.20, 0.06, 0.045, 0.045, 0.02, 0.01)  # the last: without a score
SOURCES = ("text message", "website", "card", "tablet", "")
SOURCE_SHARES = (0.5, 0.2, 0.15, 0.1, 0.05)
# Values, most frequent first, and the share of responses that do not say.
TRAITS: dict[str, tuple[tuple[str, ...], float]] = {
    "age": (("65-74", "55-64", "75-84", "45-54", "35-44", "25-34", "85+", "16-24", "0-15"), 0.15),
    "gender": (("female", "male", "other"), 0.1),
    "ethnicity": (("White British", *(f"Group {number}" for number in range(2, 19))), 0.25),
    "disability": (("no", "yes", "not sure"), 0.35),
}
Numbers = NDArray[Any]


@dataclass(frozen=True)
class Trust:
    """Places with the share of responses of each, and how many responses each day has."""

    places: tuple[tuple[str, str, str], ...]
    place_shares: Numbers
    day_counts: Numbers

    def list_uploads(self) -> list[tuple[int, int]]:
        """The days of each upload: the first and the one after the last."""
        starts = [0, *range(BACKFILL_DAYS, DAY_COUNT, UPLOAD_DAYS)]
        return list(zip(starts, [*starts[1:], DAY_COUNT], strict=True))


def make_trust(response_count: int) -> Trust:
    """The trust, with so many responses in all."""
    random = np.random.default_rng(SEED)
    places = tuple(
        (SITES[number % len(SITES)], DIVISIONS[number // 6 % len(DIVISIONS)], f"Ward {number + 1}")
        for number in range(WARD_COUNT)
    )
    shares = 1 / (np.arange(WARD_COUNT) + 5)
    shares = random.permutation(shares / shares.sum())
    days = np.arange(DAY_COUNT)
    weekday = np.array([1.2, 1.15, 1.1, 1.1, 1.0, 0.55, 0.5])[
        [(FIRST_DAY + timedelta(days=int(day))).weekday() for day in days]
    ]
    season = 1 + 0.1 * np.sin(2 * np.pi * days / 365)
    weights = GROWTH ** (days / 365) * weekday * season * random.uniform(0.8, 1.2, DAY_COUNT)
    return Trust(places, shares, random.multinomial(response_count, weights / weights.sum()))


def asks_all(place: Numbers) -> Numbers:
    """Whether a place, by number, asks all three questions: a fifth ask the last two alone."""
    return place % 5 > 0

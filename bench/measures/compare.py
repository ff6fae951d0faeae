"""How often intervals cover the truth, and what is said of places and topics by chance alone."""

from collections.abc import Callable, Iterator

import numpy as np
from _tables import SEED, make_table, word

from yousaid.errors import MissingExtraError
from yousaid.measures.drivers import find_drivers
from yousaid.measures.false_discovery import find_changes
from yousaid.measures.funnel import Funnel, make_funnel
from yousaid.measures.intervals import Share, difference, median, rate, share
from yousaid.measures.pooling import pool

TRIALS = 4000


def make_section() -> str:
    parts = [_make_intervals(), _make_funnels(), _make_pooling(), _make_changes(), _make_drivers()]
    return "\n\n".join(["## Comparing places and groups", *parts])


def _make_intervals() -> str:
    rows = [
        *((f"share (Wilson): {word(p, 0)} of {n}", _cover_share(p, n)) for p, n in SHARES),
        *(
            (f"difference (Newcombe): {word(p, 0)} of {n} and {word(q, 0)} of {m}",
             _cover_difference(p, n, q, m))
            for p, n, q, m in DIFFERENCES
        ),
        *((f"count (Garwood): {mean:g} expected", _cover_rate(mean)) for mean in (0.5, 3, 10, 50)),
        *(
            (f"median (bootstrap): {size} values, {name}", _cover_median(size, draw))
            for size in (30, 60, 200)
            for name, draw in MEDIANS.items()
        ),
    ]  # fmt: skip
    return "\n".join(
        [
            "### Intervals",
            "",
            f"How often the 95 % interval covered the truth, in {TRIALS:,} trials (600 of "
            "medians). Shares swing about 95 % with the size, as responses come whole; differences "
            "of small shares near 100 %, and exact intervals of counts by design, cover more.",
            "",
            make_table(["interval", "covers"], [[name, word(part)] for name, part in rows]),
        ]
    )


SHARES = [(0.95, 28), (0.95, 100), (0.8, 10), (0.8, 50), (0.5, 28), (0.03, 200)]
DIFFERENCES = [
    (0.95, 28, 0.95, 28),
    (0.95, 100, 0.9, 400),
    (0.2, 30, 0.4, 60),
    (0.03, 200, 0.06, 200),
]
MEDIANS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "even": lambda random, size: random.random(size) - 0.5,
    "skewed": lambda random, size: random.exponential(1, size) - np.log(2),
}


def _cover_share(part: float, size: int) -> float:
    counts = np.random.default_rng(SEED).binomial(size, part, TRIALS).tolist()
    shares = [share(count, size) for count in counts]
    return float(np.mean([found.low <= 100 * part <= found.high for found in shares]))


def _cover_difference(one: float, size: int, other: float, other_size: int) -> float:
    random = np.random.default_rng(SEED)
    ones = random.binomial(size, one, TRIALS).tolist()
    others = random.binomial(other_size, other, TRIALS).tolist()
    truth = 100 * (one - other)
    hits = []
    for count, other_count in zip(ones, others, strict=True):
        found = difference(share(count, size), share(other_count, other_size))
        hits.append(found.low - 1e-9 <= truth <= found.high + 1e-9)
    return float(np.mean(hits))


def _cover_rate(mean: float) -> float:
    counts = np.random.default_rng(SEED).poisson(mean, TRIALS).tolist()
    return float(np.mean([rate(count).low <= mean <= rate(count).high for count in counts]))


def _cover_median(size: int, draw: Callable[[np.random.Generator, int], np.ndarray]) -> float:
    random = np.random.default_rng(SEED)
    found = [median(draw(random, size).tolist(), seed) for seed in range(600)]
    return float(np.mean([one.low <= 0 <= one.high for one in found]))


# Name, number of places, responses of a middling one, typical share, and how far places are spread
# around it (standard deviation in points).
PLACES = [
    ("40 wards of 28, 93 % positive", 40, 28, 0.93, 0.0),
    ("the same, spread by 2.5 points", 40, 28, 0.93, 2.5),
    ("the same, spread by 5 points", 40, 28, 0.93, 5.0),
    ("40 places of 300, 95 % positive", 40, 300, 0.95, 0.0),
    ("40 places of 100, a topic in 10 %", 40, 100, 0.1, 0.0),
    ("the same, spread by 4 points", 40, 100, 0.1, 4.0),
    ("8 wards of 28, 90 % positive, spread by 4 points", 8, 28, 0.9, 4.0),
    ("5 wards of 28, 90 % positive, spread by 4 points", 5, 28, 0.9, 4.0),
]
RUNS = 100

Drawn = tuple[dict[str, Share], np.ndarray]


def _draw_places(count: int, size: int, typical: float, spread: float) -> Iterator[Drawn]:
    random = np.random.default_rng(SEED)
    for _ in range(RUNS):
        totals = np.maximum(random.poisson(random.lognormal(np.log(size), 0.7, count)), 1)
        truth = np.full(count, typical)
        if spread:
            concentration = typical * (1 - typical) / (spread / 100) ** 2 - 1
            truth = random.beta(typical * concentration, (1 - typical) * concentration, count)
        counts = random.binomial(totals, truth).tolist()
        pairs = zip(counts, totals.tolist(), strict=True)
        yield {str(place): share(*pair) for place, pair in enumerate(pairs)}, 100 * truth


def _make_funnels() -> str:
    rows = []
    for name, *process in PLACES:
        positions, plain = [], []
        for shares, _ in _draw_places(*process):
            found = make_funnel(shares)
            shown = [place for place in found.places if place.position]
            positions += [place.position for place in shown]
            plain += [_is_outside_plain(found, place.share) for place in shown]
        outside = np.mean([position != "within" for position in positions])
        far = np.mean([position.startswith("far") for position in positions])
        rows.append([name, word(np.mean(plain)), word(outside), word(far, 2)])
    head = ["places", "outside 95 % as published", "outside ours", "outside ours of 99.8 %"]
    return "\n".join(
        [
            "### Funnel plots",
            "",
            f"{RUNS} funnels each, sizes drawn at random about the middling one: how many places "
            "with 10 responses or more lay outside the limits, which should be 5 % and 0.2 %. No "
            "place differs more than all do, so these are chance. Ours stand half a response "
            "further out than published ones.",
            "",
            make_table(head, rows),
        ]
    )


def _is_outside_plain(found: Funnel, place: Share) -> bool:
    """Whether a place lies outside limits that are not half a response further out."""
    centre = np.arcsin(np.sqrt(found.centre_percent / 100))
    reach = 1.959964 * np.sqrt(1 / (4 * place.out_of) + found.between_variance)
    low, high = np.sin(np.clip([centre - reach, centre + reach], 0, np.pi / 2)) ** 2
    return not low <= place.count / place.out_of <= high


BANDS = [(0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1.01)]


def _make_pooling() -> str:
    rows, chances = [], []
    for name, *process in PLACES:
        hits, errors, raw_errors = [], [], []
        for shares, truth in _draw_places(*process):
            for place, true in zip(pool(shares, higher_is_better=True).places, truth, strict=True):
                hits.append(place.low <= true <= place.high)
                errors.append(place.percent - true)
                raw_errors.append(place.share.percent - true)
                if process[-1]:
                    chances.append((place.worse_chance, true < 100 * process[2]))
        off = [f"{np.sqrt(np.mean(np.square(found))):.1f}" for found in (errors, raw_errors)]
        rows.append([name, word(np.mean(hits)), *off])
    said = np.array(chances, np.float64)
    bands = []
    for low, high in BANDS:
        here = said[(said[:, 0] >= low) & (said[:, 0] < high)]
        mean, truly = here.mean(axis=0)
        bands.append([f"{word(low, 0)} to {word(min(high, 1), 0)}", f"{len(here):,}",
                      word(mean), word(truly)])  # fmt: skip
    return "\n".join(
        [
            "### Partial pooling",
            "",
            "The same places: how often the interval covered the true share, and how many points "
            "the pooled and the plain share were off it (root mean square). Where all are alike "
            "the interval is wide, since that they are is not known.",
            "",
            make_table(["places", "covers", "pooled is off by", "plain is off by"], rows),
            "",
            "How often a place was truly worse than the typical one, by the chance that was said:",
            "",
            make_table(["chance said", "places", "on average", "truly worse"], bands),
        ]
    )


def _make_changes() -> str:
    random = np.random.default_rng(SEED)
    alone, among, changed, found_changed = [], [], 0, 0
    for _ in range(300):
        before = random.binomial(200, 0.08, 36).tolist()
        rates = np.r_[np.full(33, 0.08), np.full(3, 0.2)]
        now = random.binomial(200, rates).tolist()
        pairs = zip(now, before, strict=True)
        found = find_changes(
            {str(n): (share(a, 200), share(b, 200)) for n, (a, b) in enumerate(pairs)}
        )
        alone.append(np.mean([change.p_value <= 0.05 for change in found.changes[:33]]))
        held = [change.holds for change in found.changes]
        among.append(sum(held[:33]) / max(sum(held), 1))
        found_changed += sum(held[33:])
        changed += 3
    return "\n".join(
        [
            "### What changed",
            "",
            "300 times 36 topics of 200 comments each now and before, of which three truly rose, "
            "from 8 % to 20 %.",
            "",
            make_table(
                ["", "part"],
                [
                    ["unchanged topics “significant” each by itself", word(np.mean(alone))],
                    ["false among the changes that hold (at most 5)", word(np.mean(among))],
                    ["true changes that hold", word(found_changed / changed)],
                ],
            ),
        ]
    )


def _make_drivers() -> str:
    head = ["### What goes with a poor score", ""]
    try:
        rows = _weigh()
    except MissingExtraError as error:
        return "\n".join([*head, f"Not measured: {error}."])
    return "\n".join(
        [
            *head,
            "300 times 3,000 responses with eight topics, two of which matter, and a case mix that "
            "matters and goes with both.",
            "",
            make_table(["", "part"], rows),
        ]
    )


def _weigh() -> list[list[str]]:
    random = np.random.default_rng(SEED)
    covers, clear, noise, refused = [], [], [], 0
    for _ in range(300):
        emergency = random.random(3000) < 0.3
        topics = {str(n): random.random(3000) < np.where(emergency, 0.25, 0.1) for n in range(8)}
        eta = -2.8 + 1.0 * emergency + 0.8 * topics["0"] + 0.5 * topics["1"]
        outcome = random.random(3000) < 1 / (1 + np.exp(-eta))
        found = find_drivers(outcome, topics, {"Service": np.where(emergency, "A", "B")})
        refused += bool(found.why_not)
        lines = {line.name: line for line in found.drivers if line.odds}
        truth = {"0": 0.8, "1": 0.5}
        for name, line in lines.items():
            if name in topics:
                value = np.exp(truth.get(name, 0.0))
                covers.append(line.odds.low <= value <= line.odds.high)
                (clear if name in truth else noise).append(line.is_clear)
    return [
        ["odds ratios covered by their interval", word(np.mean(covers))],
        ["topics that matter, said to", word(np.mean(clear))],
        ["topics that do not, said to", word(np.mean(noise))],
        ["refused", word(refused / 300)],
    ]

"""Groups of people beside each other, and beside those of whom nothing is known.

Of whom nothing is known is part of the answer: where many did not say, the groups are those who
were willing to. “I would rather not say”, a refusal and an empty field are three things, and are
kept apart where the data does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from yousaid.measures.false_discovery import RATE, control_false_discoveries, get_p_value
from yousaid.measures.funnel import NOT_FOR_RANKING
from yousaid.measures.intervals import MINIMUM_DENOMINATOR, Difference, Share, difference, share
from yousaid.measures.pooling import PooledPlace, pool

# Why a person's group is not known: ticked that they would rather not say; would not answer; the
# field is empty, or was never asked.
Unknown = Literal["prefer not to say", "refused", "missing"]
UNKNOWN_KINDS: tuple[Unknown, ...] = get_args(Unknown)


@dataclass(frozen=True, slots=True)
class Group:
    """A group's share, and how many points it is above all other people whose group is known.

    `differs` says whether the difference is more than chance among all groups compared. `pooled` is
    the share drawn towards the other groups', where there are enough of these. `difference` is of
    nothing and `differs` false where `why_not` says why.
    """

    name: str
    share: Share
    difference: Difference
    differs: bool
    pooled: PooledPlace | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups in the order in which they were given, and those whose group is not known.

    `known` is how many of all people have a group. `unknown` has the share of each kind that the
    data tells apart, and `unknown_of_all` how many of all people they are. The sentence `missing`
    says so in words.
    """

    groups: tuple[Group, ...]
    known: Share
    unknown: Mapping[Unknown, Share]
    unknown_of_all: Mapping[Unknown, Share]
    missing: str
    caution: str = NOT_FOR_RANKING


def compare_groups(
    shares: Mapping[str, Share],
    unknown: Mapping[Unknown, Share],
    *,
    higher_is_better: bool,
    margin_points: float = 0,
) -> Groups:
    """How each group's share differs from everyone else's whose group is known.

    Groups do not overlap. Differences are by Newcombe's interval (`difference`), tested together
    (`control_false_discoveries`) at a false discovery rate of 5 %; a group is not compared where it
    or everyone else is fewer than MINIMUM_DENOMINATOR. Pooling is as for places (`pool`). A kind of
    unknown that the data does not tell apart is left out of `unknown`; 0 of 0 means none.

    Raises ValueError for a kind that is none.

    Of women 90 of 100 are positive and of men 70 of 100: 20 points. 50 of 250 people did not say:

    >>> found = compare_groups(
    ...     {"Women": share(90, 100), "Men": share(70, 100)},
    ...     {"prefer not to say": share(30, 50)},
    ...     higher_is_better=True,
    ... )
    >>> found.groups[0].difference.points, found.groups[0].differs, found.known.percent
    (20.0, True, 80.0)
    >>> found.missing
    'The group of 50 of 250 people is not known: 50 would rather not say.'
    """
    for kind in unknown:
        if kind not in UNKNOWN_KINDS:
            raise ValueError(f"“{kind}” is no way of not knowing a group")
    count = sum(found.count for found in shares.values())
    known = sum(found.out_of for found in shares.values())
    everyone = known + sum(found.out_of for found in unknown.values())
    rest = {
        name: share(count - found.count, known - found.out_of) for name, found in shares.items()
    }
    compared = {
        name: get_p_value(found, rest[name])
        for name, found in shares.items()
        if found.can_show and rest[name].can_show
    }
    adjusted = control_false_discoveries(compared)
    pooled = pool(shares, higher_is_better=higher_is_better, margin_points=margin_points)
    groups = tuple(
        _make_group(found, rest[found.name], adjusted, is_pooled=not pooled.why_not)
        for found in pooled.places
    )
    of_all = {kind: share(found.out_of, everyone) for kind, found in unknown.items()}
    return Groups(
        groups, share(known, everyone), dict(unknown), of_all, _word_missing(of_all, everyone)
    )


def _make_group(
    found: PooledPlace, rest: Share, adjusted: Mapping[str, float], *, is_pooled: bool
) -> Group:
    pooled = found if is_pooled else None
    if found.name in adjusted:
        differs = adjusted[found.name] <= RATE
        return Group(found.name, found.share, difference(found.share, rest), differs, pooled)
    who = "everyone else" if found.share.can_show else "this group"
    why_not = f"Fewer than {MINIMUM_DENOMINATOR} responses of {who}."
    nothing = Difference(None, None, None)
    return Group(found.name, found.share, nothing, differs=False, pooled=pooled, why_not=why_not)


def _word_missing(of_all: Mapping[Unknown, Share], everyone: int) -> str:
    words: dict[Unknown, str] = {
        "prefer not to say": "would rather not say",
        "refused": "refused",
        "missing": "left it empty or were not asked",
    }
    parts = [
        f"{of_all[kind].count:,} {words[kind]}"
        for kind in UNKNOWN_KINDS
        if kind in of_all and of_all[kind].count
    ]
    if not parts:
        return ""
    total = sum(found.count for found in of_all.values())
    return f"The group of {total:,} of {everyone:,} people is not known: {', '.join(parts)}."

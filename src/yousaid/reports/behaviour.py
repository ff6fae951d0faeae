"""What came of the behaviour cases, as plain text."""

from collections.abc import Sequence
from itertools import groupby

from yousaid.measures.intervals import share
from yousaid.model.behaviour import CaseKind, GroupCount, Outcome

_KIND_NAMES: dict[CaseKind, str] = {
    "minimum": "minimum functionality: what is said of a text",
    "invariance": "invariance: a change that must leave the topics as they were",
    "directional": "directional: a change that must show",
}


def describe_groups(model: str, groups: Sequence[GroupCount]) -> str:
    """The pass rate of each group with its number of cases and its 95 % Wilson interval."""
    count = sum(group.case_count for group in groups)
    lines = [
        f"{model} on {count:,} written cases; 95 % Wilson intervals; higher is better",
        "The cases were chosen to be hard: the rates say what a reader can and cannot do,",
        "not how many real comments it reads rightly.",
    ]
    for kind, found in groupby(groups, key=lambda group: group.kind):
        lines += ["", f"{_KIND_NAMES[kind]:<62} cases failed  passed"]
        lines += [_describe_group(group) for group in found]
    return "\n".join(lines)


def _describe_group(group: GroupCount) -> str:
    failed = group.case_count - group.passed_count
    found = share(group.passed_count, group.case_count)
    rate = f"{found.percent:.0f} % ({found.low:.0f} to {found.high:.0f})"
    return f"  {group.group:<60} {group.case_count:>5} {failed:>6}  {rate}"


def describe_failures(outcomes: Sequence[Outcome]) -> str:
    """Each case that failed: its text, what was wanted of it and did not come, and what came."""
    failures = [outcome for outcome in outcomes if not outcome.has_passed]
    return "\n\n".join(map(_describe_failure, failures)) or "No case failed."


def _describe_failure(outcome: Outcome) -> str:
    case = outcome.case
    # As Python would write them: in these cases a space or a line break can be the point.
    texts = [repr(text) for text in (case.text, case.changed) if text]
    pairs = zip(texts, outcome.came, strict=True)
    return "\n".join(
        [
            f"{case.kind}, {case.group} ({case.question})",
            *(f"  {text}\n    came    {' '.join(came) or 'nothing'}" for text, came in pairs),
            f"    wanted  {' '.join(case.wanted)}",
            f"    broken  {' '.join(outcome.broken)}",
        ]
    )

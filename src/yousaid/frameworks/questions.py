"""Which of the three kinds of question a wording asks."""

import re

from yousaid.records import QuestionKind


def squash(text: str) -> str:
    """The letters a–z of a text, in lower case: what is left of a wording when its capitals,
    spaces and punctuation are taken away."""
    return re.sub(r"[^a-z]", "", text.casefold())


_KINDS: dict[str, QuestionKind] = {
    "whatgood": "what_good",
    "couldimprove": "could_improve",
    "why": "why",
    "nonspecific": "why",  # its name in the first tools for these comments
}
_ASKS_TO_IMPROVE = re.compile(
    r"improv|\bbetter\b|\bchang|differently|\bworse\b|\bworst\b|dislike|did ?n.?t like|disappoint"
    r"|\bless well\b|(?:\bnot|n[’']t|\bdidnt)\b[^.?!]*\bwell\b|\b(?:go|gone|went) wrong\b|not good"
)
_ASKS_WHAT_IS_GOOD = re.compile(
    r"\bgood\b|(?<!as )\bwell\b|\bliked\b|(?<!would )(?<!’d )\blike (?:most|best|about)|\bbest\b"
    r"|did you like|enjoy|\bpraise|compliment|impress|positive|pleased"
)
_ASKS_BOTH = re.compile(
    r"(?:\bgood\b|\bwell\b|\bliked?\b|\bbest\b|positive)[^.?!]*(?:\band\b|\bor\b|/|&)[^.?!]*"
    r"(?:improv|\bbetter\b|\bchang|differently|worst|dislike|negative|not (?:good|so good|well))"
)
_ASKS_FOR_A_REASON = re.compile(
    r"\bwhy\b|\breasons?\b|your (?:answer|score|rating|response)|good.*\bpoor\b"
)
_ASKS_OPENLY = re.compile(
    r"tell us|\bdescrib|explain|\bcomment|feedback|free ?text|experience|say more|anything else"
    r"|\belse\b.*\b(?:say|add|tell|share)|in your own words|satisf|\bthoughts?\b|\bviews?\b|opinion"
)


def question_kind(wording: str) -> QuestionKind | None:
    """The kind of question that a wording asks, or None if the rules do not know it.

    Asking what to improve decides before asking what was good (“better” beats “good”), unless one
    sentence asks for both; then a reason, and last an open invitation, each of which is `why`.
    """
    wanted = " ".join(wording.casefold().split())
    kind = _KINDS.get(squash(wanted))
    if kind is not None:
        return kind
    rules: tuple[tuple[re.Pattern[str], QuestionKind], ...] = (
        (_ASKS_BOTH, "why"),
        (_ASKS_TO_IMPROVE, "could_improve"),
        (_ASKS_FOR_A_REASON, "why"),
        (_ASKS_WHAT_IS_GOOD, "what_good"),
        (_ASKS_OPENLY, "why"),
    )
    return next((kind for rule, kind in rules if rule.search(wanted)), None)

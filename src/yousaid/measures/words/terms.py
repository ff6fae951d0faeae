"""Words and phrases worth counting."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# “called my name out”: with four words and more nearly every phrase is its own.
MAX_WORDS = 3


@dataclass(frozen=True, slots=True)
class TermCount:
    """How many comments there are, and how many of them have each word or phrase."""

    comment_count: int
    counts: Mapping[str, int]


def count_terms(comments: Iterable[Iterable[Sequence[str]]]) -> TermCount:
    """How many comments have each term; a comment is its parts, and they are folded words in order.

    A term counts once for a comment, however often it stands there: one angry person who writes
    “rude” five times is one person. Phrases end where a part, such as a sentence, does.

    >>> count_terms([[["no", "parking"], ["parking", "again"]], [["parking"]]]).counts["parking"]
    2
    """
    counts: Counter[str] = Counter()
    number = 0
    for number, parts in enumerate(comments, 1):  # noqa: B007 (its last value is how many)
        counts.update(list_terms(parts))
    return TermCount(number, counts)


def list_terms(parts: Iterable[Sequence[str]]) -> Set[str]:
    """The words of a comment, and its phrases of two and three words, each once.

    Words that say nothing by themselves are left out, phrases that begin or end with one, and
    phrases of politeness.

    >>> sorted(list_terms([["the", "car", "park", "was", "full"]]))
    ['car', 'car park', 'full', 'park', 'park was full']
    """
    return {term for words in parts for term in _list_phrases(words)}


def _list_phrases(words: Sequence[str]) -> Iterator[str]:
    silent = _get_lines("stop_words.txt")
    polite = _get_lines("stop_phrases.txt")
    says = [word not in silent for word in words]
    for start, says_something in enumerate(says):
        if not says_something:
            continue
        for end in range(start + 1, min(start + MAX_WORDS, len(words)) + 1):
            if says[end - 1] and (term := " ".join(words[start:end])) not in polite:
                yield term


@cache
def _get_lines(name: str) -> Set[str]:
    """The words of a list, or its phrases, a line each."""
    text = (files("yousaid.measures.words") / name).read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    if name == "stop_words.txt":
        return {word for line in lines for word in line.split()}
    return set(lines)

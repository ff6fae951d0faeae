"""Where a text has what a query wants: for marks on a page, and for counting."""

from collections.abc import Sequence
from dataclasses import dataclass

from yousaid.records import Span
from yousaid.store.search.query import Phrase, Prefix, Query, Term, Word, find_terms
from yousaid.store.search.stems import get_stem
from yousaid.store.search.words import find_words


@dataclass(frozen=True, slots=True)
class Hit:
    """The term (its place in `HitFinder.terms`), its first word's place in the text, its length."""

    term: int
    start: int
    length: int


class HitFinder:
    """Finds the terms of one query in many texts, each in linear time."""

    def __init__(self, query: Query) -> None:
        self.terms: tuple[Term, ...] = tuple(dict.fromkeys(find_terms(query.tree)))
        # Which terms a word may be the beginning of: texts repeat their words.
        self._starting: dict[str, tuple[int, ...]] = {}

    def find(self, words: Sequence[str]) -> list[Hit]:
        """All hits in a text's folded words, in the order of the text."""
        hits: list[Hit] = []
        for start, word in enumerate(words):
            starting = self._starting.get(word)
            if starting is None:
                starting = self._starting[word] = tuple(
                    place for place, term in enumerate(self.terms) if _can_start(term, word)
                )
            for place in starting:
                length = _get_length(self.terms[place])
                if length == 1 or _fits(self.terms[place], words[start : start + length]):
                    hits.append(Hit(place, start, length))
        return hits


def _can_start(term: Term, word: str) -> bool:
    match term:
        case Word(wanted):
            return get_stem(wanted) == get_stem(word)
        case Prefix((beginning,)):
            return word.startswith(beginning)
        case Phrase(words) | Prefix(words):
            return words[0] == word


def _get_length(term: Term) -> int:
    return 1 if isinstance(term, Word) else len(term.words)


def _fits(term: Term, words: Sequence[str]) -> bool:
    assert isinstance(term, (Phrase, Prefix))
    if isinstance(term, Phrase):
        return term.words == tuple(words)
    return (
        len(words) == len(term.words)
        and term.words[:-1] == tuple(words[:-1])
        and words[-1].startswith(term.words[-1])
    )


def find_marks(query: Query, text: str) -> tuple[Span, ...]:
    """The parts of a text that a query asks for, in text order and without overlap.

    Words are marked in all their forms, a phrase from its first word to its last. What the query
    does not want, and where words are not near enough, is not looked at.
    """
    places = list(find_words(text))
    marks: list[Span] = []
    for hit in HitFinder(query).find([place.word for place in places]):
        start, end = places[hit.start].start, places[hit.start + hit.length - 1].end
        if marks and start < marks[-1].end:
            marks[-1] = Span(marks[-1].start, max(end, marks[-1].end))
        else:
            marks.append(Span(start, end))
    return tuple(marks)

"""Where a text has what a query wants: for marks on a page, and for counting."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

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
        self._starting = _Starting(self.terms)
        self._are_words = all(_get_length(term) == 1 for term in self.terms)

    def find(self, words: Sequence[str]) -> list[Hit]:
        """All hits in a text's folded words, in the order of the text."""
        hits: list[Hit] = []
        for start, starting in enumerate(map(self._starting.__getitem__, words)):
            for place in starting:
                length = _get_length(self.terms[place])
                if length == 1 or _fits(self.terms[place], words[start : start + length]):
                    hits.append(Hit(place, start, length))
        return hits

    def count(self, words: Sequence[str]) -> list[int]:
        """How many hits of each term there are in a text's folded words."""
        if self._are_words:
            # Nothing of Python's own is called for a word: texts by the thousand are ranked.
            hits = list(chain.from_iterable(map(self._starting.__getitem__, words)))
        else:
            hits = [hit.term for hit in self.find(words)]
        return [hits.count(place) for place in range(len(self.terms))]


class _Starting(dict[str, tuple[int, ...]]):
    """Which terms a word may be the beginning of, by place: texts repeat their words."""

    def __init__(self, terms: Sequence[Term]) -> None:
        super().__init__()
        self._of_stem: dict[str, list[int]] = {}
        self._of_word: dict[str, list[int]] = {}
        self._of_beginning: list[tuple[str, int]] = []
        for place, term in enumerate(terms):
            match term:
                case Word(wanted):
                    self._of_stem.setdefault(get_stem(wanted), []).append(place)
                case Prefix((beginning,)):
                    self._of_beginning.append((beginning, place))
                case Phrase(words) | Prefix(words):
                    self._of_word.setdefault(words[0], []).append(place)

    def __missing__(self, word: str) -> tuple[int, ...]:
        begun = [place for beginning, place in self._of_beginning if word.startswith(beginning)]
        found = *self._of_stem.get(get_stem(word), ()), *self._of_word.get(word, ()), *begun
        starting = self[word] = tuple(sorted(found))
        return starting


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

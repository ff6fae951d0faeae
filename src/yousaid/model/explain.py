"""Which words of a comment show each of its topics.

A linear layer's score is a sum over features, and every feature knows its place, so each word's
share of a topic's score is exact: nothing is sampled or approximated.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from yousaid.model.characters import BOUNDARY, Folded
from yousaid.model.features import Features, Hashes, make_features
from yousaid.model.joined import JoinedEncoder
from yousaid.model.linear import KnownFamily, LinearLayer, weigh_features
from yousaid.model.scores import EncodedText, Reals
from yousaid.records import Span

# A word is shown when it carries this share of what the strongest word carries: low enough to show
# a phrase, high enough to leave out the words that every comment has.
_LEAST_SHARE = 0.4
# The strongest words of a topic that are shown: enough for a long story, few enough to be seen.
_MOST_WORDS = 12
# Words that hold sentences together show nothing by themselves. One is shown only between two that
# do (“food and drink”), where it turns one that does, or where a text has no others.
_JOINING = (
    "a about after again all also always am an and another any are as at be because been before "
    "being both but by came can could did do does doing done down each even every everything for "
    "from get go got had has have having he her here him his how i if in into is it its just like "
    "made make me more most much my no not now of off on once one only or other our out over own "
    "quite really said same she should so some still such than that the their them then there "
    "these they thing things this those through to too until up us very was we well went were "
    "what when where which while who why will with would you your ive im id dont didnt"
)
# Words that turn what is said into its opposite. One is shown with the word that it stands before,
# or people would read “clean” where the comment says “not very clean”; so many joining words may
# stand between, and no mark that ends a thought.
_FARTHEST = 3
_ENDS = frozenset(".!?;:,\n")
_TURNING = (
    "no not never nor without hardly barely cannot cant couldnt wont wouldnt dont doesnt didnt "
    "isnt arent wasnt werent aint havent hasnt hadnt shouldnt"
)
# Words between two shown ones that are joined into one span (“food and drink”).
_LONGEST_GAP = 1
_LONGEST_RUN = 3


class WordShares:
    """Each word's share of the score of some topics of some texts.

    `pairs` are (text, output) positions. The shares of pair i are `shares[i]`, one for each word of
    the text in order: positive where the word speaks for the topic.
    """

    def __init__(
        self, layer: LinearLayer, features: Features, pairs: Sequence[tuple[int, int]]
    ) -> None:
        self._folded = features.folded
        words = _hash_words(features)
        self._joins = np.isin(words, _hash_list(_JOINING))
        self._turns = np.isin(words, _hash_list(_TURNING))
        self._first_words, self._begins, self._ends = _find_words(features.folded)
        rows = np.array([row for row, _ in pairs], np.int64)
        outputs = np.array([output for _, output in pairs], np.int64)
        word_counts = np.diff(self._first_words)[rows]
        offsets = np.concatenate(([0], np.cumsum(word_counts)))
        totals = np.zeros(offsets[-1])
        word_of_character = np.cumsum(_is_word_start(features.folded.codes), dtype=np.int64)
        for known in weigh_features(features, layer.vocabulary):
            _add_shares(
                totals,
                layer,
                known,
                (rows, outputs),
                offsets[:-1] - self._first_words[rows],
                word_of_character,
            )
        self._rows, self._outputs = rows, outputs
        self.shares = [totals[a:b] for a, b in pairwise(offsets)]

    def join(
        self, joined: JoinedEncoder, encoded: Sequence[EncodedText], texts: Sequence[str]
    ) -> None:
        """Work in what an encoder says of the same texts: each pair's shares are of both then."""
        for pair, (row, output) in enumerate(zip(self._rows, self._outputs, strict=True)):
            heard = joined.get_shares(encoded[row], [int(output)])
            words = self.get_words(pair, texts[row])
            placed, _ = place_shares(words, encoded[row].spans, heard)
            self.shares[pair] = self.shares[pair] * joined.layer_scale[output] + placed[0]

    def get_words(self, pair: int, text: str) -> tuple[Span, ...]:
        """Where the words of the pair's text are, as spans of the original text, in order."""
        first = int(self._first_words[self._rows[pair]])
        numbers = range(first, first + len(self.shares[pair]))
        return tuple(self._make_span(number, number, text) for number in numbers)

    def get_spans(
        self, pair: int, text: str, within: Sequence[Span] | None = None
    ) -> tuple[Span, ...]:
        """The words that carry most of the pair's score, and those that turn them (“not clean”), as
        spans of the original text; none where no word speaks for the topic. `within` names the
        parts of the text to look in."""
        first = int(self._first_words[self._rows[pair]])
        shares = self.shares[pair]
        inside = np.ones(len(shares), bool)
        if within is not None:
            inside = self._are_within(first, len(shares), within)
            shares = np.where(inside, shares, 0)
        joins = self._joins[first : first + len(shares)]
        if (shares[~joins] > 0).any():
            shares = np.where(joins, 0, shares)
        best = float(shares.max(initial=0.0))
        if best <= 0:
            return ()
        chosen = np.flatnonzero(shares >= best * _LEAST_SHARE)
        chosen = chosen[np.argsort(-shares[chosen], kind="stable")[:_MOST_WORDS]]
        turned = (self._reach_back(first, place, text) for place in chosen.tolist())
        chosen = np.unique(np.concatenate([np.arange(start, end + 1) for start, end in turned]))
        chosen = chosen[inside[chosen]]
        runs = np.split(chosen, np.flatnonzero(np.diff(chosen) > _LONGEST_GAP + 1) + 1)
        return tuple(self._make_span(first + run[0], first + run[-1], text) for run in runs)

    def _reach_back(self, first: int, place: int, text: str) -> tuple[int, int]:
        """From which word on a chosen one is shown: from one that turns it, or by itself. Words are
        counted from the text's first."""
        for before in range(place - 1, max(place - 2 - _FARTHEST, -1), -1):
            gap = text[self._get_end(first + before) : self._get_start(first + before + 1)]
            if not _ENDS.isdisjoint(gap):
                break
            if self._turns[first + before]:
                return before, place
            if not self._joins[first + before]:
                break
        return place, place

    def _are_within(self, first: int, count: int, parts: Sequence[Span]) -> NDArray[np.bool_]:
        places = self._folded.places[self._begins[first : first + count]]
        # In order and apart, so a word can only lie in the last part that begins before it.
        starts = np.array([-1, *(part.start for part in parts)])
        ends = np.array([-1, *(part.end for part in parts)])
        return np.asarray(places < ends[np.searchsorted(starts, places, side="right") - 1])

    def _make_span(self, first_word: int, last_word: int, text: str) -> Span:
        start, end = self._get_start(first_word), self._get_end(last_word)
        while end > start + 1 and text[end - 1] in "'’‘`\" ":
            end -= 1
        return Span(start, end)

    def _get_start(self, word: int) -> int:
        return int(self._folded.places[self._begins[word]])

    def _get_end(self, word: int) -> int:
        # The boundary behind a word knows where the word ends, folded or dropped letters included.
        return int(self._folded.places[self._ends[word]])


def place_shares(
    words: Sequence[Span], parts: Sequence[Span], shares: Reals
) -> tuple[Reals, Reals]:
    """The shares of parts of a text (topics × parts) as shares of its words (topics × words), and
    what lies on no word (one value a topic). Nothing is lost: each row keeps its sum.

    A part of several words is divided among them by the characters that they have in common.
    Words are in text order and apart; parts may be anywhere.

    >>> words = [Span(0, 4), Span(5, 9)]
    >>> placed, rest = place_shares(words, [Span(0, 4), Span(4, 5)], np.array([[2.0, 0.5]]))
    >>> placed.tolist(), rest.tolist()
    ([[2.0, 0.0]], [0.5])
    """
    starts = [word.start for word in words]
    placed = np.zeros((len(shares), len(words)))
    rest = np.zeros(len(shares))
    for part, share in zip(parts, shares.T, strict=True):
        common = {}
        for place in range(max(bisect_right(starts, part.start) - 1, 0), len(words)):
            if starts[place] >= part.end:
                break
            size = min(part.end, words[place].end) - max(part.start, starts[place])
            if size > 0:
                common[place] = size
        for place, size in common.items():
            placed[:, place] += share * (size / sum(common.values()))
        if not common:
            rest += share
    return placed, rest


def _hash_words(features: Features) -> Hashes:
    """The hash of each word, in order: the first family of words is that of single words."""
    return next(family.hashes for family in features.families if family.group == "words")


@cache
def _hash_list(words: str) -> Hashes:
    return _hash_words(make_features([words], ["why"]))


def _is_word_start(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    word: NDArray[np.bool_] = codes != BOUNDARY
    starts = word.copy()
    starts[1:] &= ~word[:-1]
    return starts


def _find_words(
    folded: Folded,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The number of words before each text (and in all), and where each word begins and ends."""
    starts = _is_word_start(folded.codes)
    before = np.concatenate(([0], np.cumsum(starts)))
    boundary = np.append(folded.codes == BOUNDARY, True)
    ends = np.flatnonzero(boundary[1:] & ~boundary[:-1]) + 1
    return before[folded.starts], np.flatnonzero(starts), ends


def _add_shares(
    totals: NDArray[np.float64],
    layer: LinearLayer,
    known: KnownFamily,
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    shifts: NDArray[np.int64],
    word_of_character: NDArray[np.int64],
) -> None:
    """Add one family's shares; `shifts` turns a word's number into its place in `totals`."""
    rows, outputs = pairs
    firsts = np.searchsorted(known.rows, rows)
    counts = np.searchsorted(known.rows, rows, side="right") - firsts
    pair = np.repeat(np.arange(len(rows)), counts)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
    occurrence = np.repeat(firsts, counts) + within
    share = known.values[occurrence] * layer.weights[known.positions[occurrence], outputs[pair]]
    begins = known.family.begins[known.kept[occurrence]]
    ends = known.family.ends[known.kept[occurrence]]
    # An n-gram can begin with the boundary before its word and end with the one behind it.
    first_word = word_of_character[np.minimum(begins + 1, ends - 1)] - 1
    last_word = word_of_character[ends - 1] - 1
    size = last_word - first_word + 1
    for step in range(_LONGEST_RUN):
        inside = step < size
        places = shifts[pair[inside]] + first_word[inside] + step
        totals += np.bincount(places, share[inside] / size[inside], minlength=len(totals))

"""Which language a comment is in, so that what is not English is marked and not guessed at.

Nearly every comment is English, so the costly question is asked of few: a text made of common
English words is English, and only one that is not goes to a model of languages (py3langid: a table
of byte n-grams, read as plain arrays). Scraps, names and misspellings are given the benefit of the
doubt: a comment marked as foreign by mistake is lost, one read by mistake is a little noise.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from yousaid.frameworks.languages import ENGLISH, LANGUAGES, UNKNOWN

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# From this share of common English words on, a text is English without further question.
_ENGLISH_SHARE = 0.5
# From this share of letters of another alphabet on, a text is not English. An ideograph says as
# much as several letters, and the words borrowed from English are long (“appointment”).
_OTHER_SHARE = 0.25
# A sentence in another language borrows fewer than this many words in a row from English.
_FEWEST_ENGLISH_WORDS = 3
# Fewer words than this in the Latin alphabet are too few to tell (“Bus”, “Très bien”).
_FEWEST_WORDS = 3
# Over 11,157 different public comments, none of the 36 of four words or more that the model of
# languages takes for foreign has a probability over 0.44 (November 2026); of foreign comments,
# nearly all have one over 0.5.
_SURE = 0.5
# A language is plain within a few sentences; the rest of a long text would only cost time.
_MOST_CHARACTERS = 1000

# Marks that stand at words, and the apostrophe within them as the list of words has it.
_SPACED = str.maketrans({**dict.fromkeys('.,!?;:()-/&"', " "), "’": "'"})
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?;:…\n])\s+")
# Alphabets other than the Latin one, whose letters stand below U+0370, in two blocks of additions,
# and as full-width and mathematical forms.
_LATIN = r"\u0000-\u036f\u1d00-\u1dbf\u1e00-\u1eff\u2000-\u2bff\uff21-\uff5a\U0001d400-\U0001d7ff"
_OTHER_LETTER = re.compile(rf"[^\W\d_{_LATIN}]")
# With the marks that many of them write their vowels with, which are no letters.
_OTHER_WORD = re.compile(rf"[^\s\d_{_LATIN}]+")


def find_languages(texts: Sequence[str]) -> list[str | None]:
    """The ISO 639-1 code of each text's language: “en” for English, and for a text that holds a
    whole sentence of it beside another language; “und” for a language that is not English and not
    known; None where there is too little to tell. The work grows in step with the texts' length.
    """
    return [_find_language(text) for text in texts]


def _find_language(text: str) -> str | None:
    # Split at spaces and counted as sets: some microseconds, and enough for nearly all texts.
    plain = set(text.lower().translate(_SPACED).split())
    if plain and len(plain & _get_english()) >= _ENGLISH_SHARE * len(plain):
        return ENGLISH
    return _look_closer(text)


def _look_closer(text: str) -> str | None:
    words = _WORD.findall(text)
    share = _get_english_share(words)
    if share >= _ENGLISH_SHARE:
        return ENGLISH
    if not text.isascii() and _get_other_share(text, words) >= _OTHER_SHARE:
        return ENGLISH if _has_english_sentence(text) else _name_alphabet(text)
    # Names of people and places say nothing of the language that they are named in.
    telling = _drop_names(text[:_MOST_CHARACTERS])
    if len(telling) < _FEWEST_WORDS:
        return None
    code, probability = _ask(" ".join(telling))
    if code == ENGLISH:
        return ENGLISH
    if probability < _SURE:
        return None
    return ENGLISH if _has_english_sentence(text) else code


def _get_other_share(text: str, words: Sequence[str]) -> float:
    """The share of letters that are not of the Latin alphabet."""
    letter_count = sum(map(len, words))
    return len(_OTHER_LETTER.findall(text)) / letter_count if letter_count else 0.0


def _get_english_share(words: Sequence[str]) -> float:
    english = _get_english()
    known = sum(word.lower().replace("’", "'") in english for word in words)
    return known / len(words) if words else 0.0


def _has_english_sentence(text: str) -> bool:
    return any(
        len(words) >= _FEWEST_ENGLISH_WORDS and _get_english_share(words) >= _ENGLISH_SHARE
        for words in map(_WORD.findall, _SENTENCE_END.split(text))
    )


def _drop_names(text: str) -> list[str]:
    """The words of a text without those that a capital marks as names; a shouted text has none."""
    if text.isupper():
        return [word.lower() for word in _WORD.findall(text)]
    kept = []
    for sentence in _SENTENCE_END.split(text):
        first, *others = _WORD.findall(sentence) or [""]
        kept += [first] if first else []
        kept += [word for word in others if not word[0].isupper()]
    return kept


def _name_alphabet(text: str) -> str:
    """The language of a text in another alphabet, which is not English whatever the model says."""
    code, probability = _ask(" ".join(_OTHER_WORD.findall(text[:_MOST_CHARACTERS])))
    return UNKNOWN if code == ENGLISH or probability < _SURE else code


def _ask(text: str) -> tuple[str, float]:
    code, probability = _get_identifier().classify(text)
    return str(code), float(probability)


@cache
def _get_english() -> frozenset[str]:
    return frozenset(files(__package__).joinpath("english.txt").read_text("utf-8").split())


@cache
def _get_identifier() -> "LanguageIdentifier":
    # A second and 90 MB, so not before a comment asks for it.
    from py3langid.langid import LanguageIdentifier

    identifier: Any = LanguageIdentifier.from_model_file("data/model.npz.xz", norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier

"""Which words are forms of one word: wait, waits, waited and waiting have one stem.

Plurals and the endings of verbs only, after steps 1 and 5 of Porter's algorithm (“An algorithm for
suffix stripping”, Program 14(3), 1980). The whole algorithm, which SQLite has, also joins
“community” with “communication” and “general” with “generous”, and parts “staff” from “staffing”.
Where a rule here differs from Porter's, the reason stands beside it.
"""

import re
from functools import lru_cache

# Every form of a family has the stem of its first word.
_FAMILIES = """
    begin began begun beginning/ bring brought/ break broke broken/ bus buses/ buy bought/
    catch caught/ child children/ choose chose chosen/ come came/ die dies died dying/
    do does did done doing/ drink drank drunk/ drive drove driven/ eat ate eaten/ fall fell fallen/
    feel felt/ find found/ fly flew flown/ foot feet/ forget forgot forgotten/
    free freed/ get got gotten/
    give gave given/ go goes went gone going/ gp gps/ have has had having/ hca hcas/ hear heard/
    hold held/ keep kept/ knife knives/ know knew known/ lie lies lied lying/ lose lost/ make made/
    man men/ meet met/ midwife midwives/ pay paid/
    queue queued queuing/ ring rang rung/ say said/ see saw seen/ sell sold/ send sent/
    shelf shelves/ sit sat/ sleep slept/ speak spoke spoken/ stand stood/ swell swollen/
    take took taken/ teach taught/ tell told/ think thought/ tie ties tied tying/ tooth teeth/
    understand understood/ wake woke woken/ wear wore worn/ wife wives/ woman women/
    write wrote written
"""
# Words that only look like a form of another, frequent one (“even”, “new”, “unit”, “past”, “quit”).
_WHOLE = frozenset(
    [
        "evening",
        "news",
        "united",
        "outing",
        "wed",
        "wedding",
        "being",
        "quite",
        "suite",
        "paste",
        "range",
    ]
)
_SHORTEST = 4  # below it, an ending is the word: “his”, “red”
# Porter also undoubles “ff”, which would part “staffing” from “staff”.
_DOUBLED = ("bb", "dd", "gg", "mm", "nn", "pp", "rr", "tt")
_PLAIN = re.compile(r"[a-z]+")
_VOWEL = re.compile(r"[aeiou]|(?<=[^aeiou])y")
# A word as its runs of vowels and consonants; Porter's m is how often the one follows the other.
_MEASURE = re.compile(r"v+c+")
_SHORT_SYLLABLE = re.compile(r"[^aeiou][aeiouy][^aeiouwxy]$")


def _make_irregular() -> dict[str, str]:
    families = [family.split() for family in _FAMILIES.split("/")]
    return {form: _strip(family[0]) for family in families for form in family}


def _shape(word: str) -> str:
    shape = ""
    for letter in word:
        # y is a vowel after a consonant: “try”, but not “stay”.
        is_vowel = letter in "aeiou" or (letter == "y" and shape.endswith("c"))
        shape += "v" if is_vowel else "c"
    return shape


def _measure(word: str) -> int:
    return len(_MEASURE.findall(_shape(word)))


def _strip_plural(word: str) -> str:
    if word.endswith("sses") or (word.endswith("ies") and len(word) > _SHORTEST):
        return word[:-2]
    if word.endswith(("ches", "shes", "xes")):
        # The e is dropped at the end anyway; this is for words too short for that (“boxes”).
        return word[:-2]
    # Not Porter's: “this”, “bus” and “various” are no plurals.
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "is", "us")) else word


def _strip_verb(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    if word.endswith("ied"):
        return word[:-2]
    for ending in ("ed", "ing"):
        root = word.removesuffix(ending)
        if root != word and _VOWEL.search(root):
            return _mend(root)
    return word


def _mend(root: str) -> str:
    """What is left of a verb, as the verb was: “hop” of hopping, “hope” of hoping."""
    if root.endswith(("at", "bl", "iz")):
        return root + "e"
    if root.endswith(_DOUBLED):
        # Not Porter's: “adding” is not of “ad”.
        return root[:-1] if len(root) > 3 else root
    is_short = _measure(root) == 1 and _SHORT_SYLLABLE.search(root)
    # Not Porter's: “used” is not of “us”.
    return root + "e" if is_short or len(root) == 2 else root


def _strip_end(word: str) -> str:
    if word.endswith("y") and len(word) > 2 and word[-2] not in "aeiou":
        return word[:-1] + "i"
    if word.endswith("e") and len(word) >= _SHORTEST:
        root = word[:-1]
        measure = _measure(root)
        if measure > 1 or (measure == 1 and not _SHORT_SYLLABLE.search(root)):
            word = root
    return word[:-1] if word.endswith("ll") and _measure(word[:-1]) > 1 else word


def _strip(word: str) -> str:
    if len(word) < _SHORTEST or word in _WHOLE:
        return word if word in _WHOLE else _strip_end(word)
    singular = _strip_plural(word)
    return singular if singular in _WHOLE else _strip_end(_strip_verb(singular))


_IRREGULAR = _make_irregular()


@lru_cache(maxsize=50_000)
def get_stem(word: str) -> str:
    """What all forms of a folded word have in common. It need not be a word itself."""
    if not _PLAIN.fullmatch(word):
        return word
    return _IRREGULAR.get(word) or _strip(word)

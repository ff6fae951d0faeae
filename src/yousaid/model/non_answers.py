"""What people and programs write to say that they write nothing.

“Nothing”, “None”, “No” and “Nothing to add” are not among them: they are praise under one question
and criticism under another, which the model decides. Nor are an emoji and a mark out of ten.
"""

import re

_LONGEST = 40

# As letters alone, so “N/A.”, “n.a” and “#N/A” are one.
_WORDINGS = frozenset(
    "".join(wording.split())
    for wording in (
        *("na", "nan", "null", "not applicable", "non applicable", "ref", "value"),
        *("did not answer", "not answered", "no answer", "no answer given", "unanswered"),
        *("no reply", "no response", "no response given", "left blank", "blank"),
        *("no comment", "no comments", "no comment given", "no comments given", "comment"),
        *("no further comment", "no further comments", "no other comment", "no other comments"),
        *("no additional comments", "no comment to make", "no comments to make"),
        *("none given", "none provided", "none stated", "none recorded", "not given"),
        *("not provided", "not stated"),
        *("prefer not to say", "prefer not to answer", "prefer not to comment"),
        *("rather not say", "rather not answer", "declined to answer", "declined"),
        *("as above", "see above", "same as above", "ditto", "test", "testing", "test comment"),
        # Welsh: “nothing”, “no comment(s)”, “not applicable”, “as above”.
        *("dim", "dim byd", "dim sylw", "dim sylwadau", "amherthnasol", "ddim yn berthnasol"),
        *("fel uchod",),
    )
)
# Letters and what people put between them. A digit or an emoji says more (“N/A 👍”, “ref 10/10”).
_BETWEEN = r"\s\x21-\x2f:-@\[-`{-~’‘“”…–—"
_PLAIN = re.compile(rf"(?:[^\W\d_]|[{_BETWEEN}])*")
_NO_LETTERS = re.compile(rf"[{_BETWEEN}]+")
# Each row as long as a hand runs along it again and again.
_KEYBOARD = " ".join(row * 3 for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm"))
_FEWEST_KEYS = 4
_YES_AND_NO = frozenset({"y", "n"})


def is_non_answer(text: str) -> bool:
    """Whether a text only says that there is no answer: “n/a”, “no comment”, “xxx”, “asdf”."""
    if len(text) > _LONGEST or not _PLAIN.fullmatch(text):
        return False
    letters = _NO_LETTERS.sub("", text.lower())
    return letters in _WORDINGS or _is_mash(letters)


def _is_mash(letters: str) -> bool:
    """One letter again and again, or a hand run along a row of keys."""
    # A letter of another alphabet can be a word.
    if not letters.isascii() or letters in _YES_AND_NO:
        return False
    if len(set(letters)) == 1:
        return True
    return len(letters) >= _FEWEST_KEYS and letters in _KEYBOARD

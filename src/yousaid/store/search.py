"""How text is made ready to be searched, and what a search asks of it.

Both sides are folded by one function, so that what is stored and what is typed cannot disagree:
no capitals, no accents, nothing but letters and digits with one space on each side of a word.
"""

import re
import unicodedata


def fold(text: str) -> str:
    """The words of a text, each with a space before and after: “Café, 2nd” is “ cafe 2nd ”.

    Empty where the text holds no letter or digit.
    """
    # Case is folded on both sides of the decomposition: each can bring out what the other folds.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (c for c in decomposed.casefold() if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in kept).split()
    return f" {' '.join(words)} " if words else ""


def get_search_terms(words: str) -> tuple[str, ...] | None:
    """What folded text must contain, each term somewhere: “wait "car park"” asks for “ wait”
    (the start of a word) and for “ car park ” (whole words, in that order).

    None where something was typed that holds no letter or digit: nothing can match it. An opening
    quotation mark without its partner runs to the end.
    """
    terms: list[str] = []
    pieces = re.split(r"[\"“”]", words)
    for position, piece in enumerate(pieces):
        is_quoted = position % 2 == 1
        if is_quoted and (folded := fold(piece)):
            terms.append(folded)
        elif not is_quoted:
            terms.extend(f.rstrip() for word in piece.split() if (f := fold(word)))
    if not terms and words.strip():
        return None
    return tuple(dict.fromkeys(terms))

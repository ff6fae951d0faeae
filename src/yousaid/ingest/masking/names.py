"""Names: those beside a cue (“my husband John”, “Mrs Patel”, “my name is”), and listed first names.

Whether a name is a patient's or of staff is told by the words around it: people name staff to thank
them.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Literal

NameKind = Literal["name", "staff name"]
Found = tuple[int, int, NameKind, str]


def _any_of(words: str, *, with_capital: bool = False) -> str:
    """A pattern of any of these words, which are patterns themselves; `with_capital` also with a
    capital at the beginning."""
    found = words.split()
    if with_capital:
        found += [word[0].upper() + word[1:] for word in found]
    return "|".join(word.replace("_", " ") for word in sorted(found, key=len, reverse=True))


_NAME = r"[A-Z][a-zà-öø-ÿ]*(?:['’-][A-Z]?[a-zà-öø-ÿ]+)*[a-zà-öø-ÿ]"
_NAMES = rf"{_NAME}(?:\s{_NAME})?"
_WITH_INITIAL = rf"(?:[A-Z]\.?\s)?{_NAMES}"
_RELATION = (
    r"(?:(?:step|grand|great-grand|great grand|foster |god)?[- ]?"
    r"(?:mothers?|mums?|mam|mom|mummy|fathers?|dads?|daddy|parents?|sons?|daughters?|child|children"
    r"|brothers?|sisters?|ma|pa|kids?)(?:[- ]in[- ]law)?"
    r"|husband|wife|partner|fianc[eé]e?|boyfriend|girlfriend|spouse|bab(?:y|ies)|boys?|girls?|twins?"
    r"|gran|granny|grannie|nan|nana|aunts?|aunties?|aunty|uncles?|cousins?|nieces?|nephews?|friends?"
    r"|neighbours?|carers?|relatives?|loved one|other half|toddler|teenager|newborn)"
)
_AGE = r"(?:\d{1,3}|[a-z]+)[ -](?:year|yr|month|week|day)s?[ -]?olds?"
_KIN = re.compile(
    # My, or somebody's: “my partner's mother”; or none before a name in brackets: “Dad (John)”.
    rf"\b(?:(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir|MY)\s(?:[a-z\d’'-]+\s){{0,4}}?(?:{_RELATION}|{_AGE})"
    rf"(?:\s?,\s?|\s\(|\s(?:called|named|is called|is|was)?\s?)"
    rf"|(?:[A-Z][a-z]+|{_RELATION})\s\((?=[A-Z][a-z’'-]+(?:\s[A-Z][a-z’'-]+)?\)\s(?:is|was|has|had)\b))"
    rf"({_NAMES})(?![\w’'-])(?:\s(?:and|&)\s({_NAME})(?![\w’'-]))?"
)
# Without capitals, or all of them: then the name has to be on the list.
_KIN_SMALL = re.compile(
    rf"\b(?:my|our)\s{_RELATION}\s(?:called\s|named\s)?([a-z]{{3,}})\b", re.IGNORECASE
)
_TITLE = re.compile(
    rf"\b(?:{_any_of('mr mrs miss mx master', with_capital=True)}|Ms|MR|MRS|MS|MISS)\.?\s"
    rf"({_WITH_INITIAL}|[A-Z]{{3,}}\b)"
)
_PROFESSION = _any_of(
    """
    doctor professor nurse sister matron midwife consultant surgeon physio physiotherapist
    receptionist porter staff_nurse sonographer radiographer paramedic healthcare_assistant
    dietitian pharmacist dentist optician phlebotomist anaesthetist""",
    with_capital=True,
)
_STAFF_TITLE = re.compile(
    rf"\b(?:(?:Dr|DR|dr|Prof|Sr)\.?|HCA|CPN|{_PROFESSION}),?\s(?:called\s|named\s)?({_WITH_INITIAL})"
)
_FAREWELL = (
    r"(?:[Kk]ind |[Bb]est |[Ww]arm |[Mm]any )?(?:[Rr]egards|[Ww]ishes|[Tt]hanks)"
    r"|[Yy]ours (?:sincerely|faithfully|truly)"
)
_SELF = re.compile(
    rf"\b(?:(?:[Mm]y (?:full )?name(?:'s| is|:)|[Ii](?:'m| am) called|[Nn]ame:|[Ss]igned:?)[\s-]+"
    rf"|(?:{_FAREWELL})(?:[,.:]|\s?-)\s*|(?:{_FAREWELL})\s*\n\s*)"
    rf"((?:(?:Mr|Mrs|Ms|Miss|Dr)\.?\s)?{_WITH_INITIAL}(?:\s{_NAME})?)"
    r"(?=\s*(?:$|[.,!)\n]|and\b|aged?\b|I\b|was\b|my\b|by\b|but\b|from\b|not\b))"
)
_PATIENT = re.compile(
    rf"\b[Pp]atient(?:,?\s({_NAME}\s{_NAME})"
    rf"|(?:'s name|,? name| called| named)(?: is|:)?\s+({_WITH_INITIAL}))\b"
)
_WORD = re.compile(rf"\b{_NAME}\b")
# Within so many characters of a name, one of these says that it is of staff.
_REACH = 40
_STAFF_WORD = _any_of("""
    thanks? thank_you grateful staff nurses? doctors? dr sisters? midwi(?:fe|ves) team
    receptionists? porters? physios? consultants? surgeons? hca cpn healthcare therapists?
    radiographers? sonographers? paramedics? volunteers? student ladies girls lady gentleman
    mention shout_?out well_done credit praise compliment helped looked_after cared_for treated_by
    seen_by explained lovely brilliant amazing fantastic excellent wonderful kind friendly
    professional helpful caring great superb outstanding ward clinic department operated procedure
    appointment_with saw""")
_STAFF = re.compile(rf"\b(?:{_STAFF_WORD})\b", re.IGNORECASE)
# Consultants are Mr and Mrs as patients are.
_REACH_OF_TITLE = 25
_STAFF_OF_TITLE = re.compile(
    r"\b(?:surgeons?|consultants?|registrar|specialist|team|clinic|list|secretary|operated|operation"
    r"|surgery|procedure|appointment|under|saw|see|seen by|explained|thanks?|thank you|grateful"
    r"|excellent|brilliant|amazing)\b",
    re.IGNORECASE,
)
# … and one of these that it is of a patient.
_OF_PATIENT = re.compile(
    rf"\b(?:{_RELATION}|patients?|resident|born|aged|years old|admitted|in the next bed)\b"
)
# What follows the name of a place, and what comes before one.
_PLACE_WORD = _any_of(
    """
    wards? unit hospitals? clinic centre house suite surgery wing building lodge court practice
    infirmary floor trust road street lane garden day room entrance lounge caf[eé] bay hospice
    memorial foundation charity""",
    with_capital=True,
)
_PLACE = re.compile(rf"\s(?:[A-Z][a-z]+\s)?(?:{_PLACE_WORD})\b")
_BEFORE_PLACE_WORD = _any_of(
    "ward the saint king queen prince princess royal lord lady", with_capital=True
)
_BEFORE_PLACE = re.compile(rf"\b(?:{_BEFORE_PLACE_WORD}|[Ss]t\.?)\s$")


def find_names(text: str) -> Iterator[Found]:
    """Where names stand, whose each seems to be, and the rule that found it. They may overlap."""
    for match in _KIN.finditer(text):
        for group in (1, 2):
            yield from _take(match, group, "name", "name by its relation")
    for match in _KIN_SMALL.finditer(text):
        if match[1].casefold() in _get_first_names():
            yield match.start(1), match.end(1), "name", "name by its relation"
    for match in _TITLE.finditer(text):
        around = _get_around(text, *match.span(1), _REACH_OF_TITLE)
        kind: NameKind = "staff name" if _STAFF_OF_TITLE.search(around) else "name"
        yield from _take(match, 1, kind, "name by its title")
    for match in _STAFF_TITLE.finditer(text):
        yield from _take(match, 1, "staff name", "name of staff by its title")
    for match in _SELF.finditer(text):
        yield from _take(match, 1, "name", "name by which somebody calls themselves")
    for match in _PATIENT.finditer(text):
        for group in (1, 2):
            yield from _take(match, group, "name", "name of a patient")
    yield from _find_listed(text)


def _take(match: re.Match[str], group: int, kind: NameKind, rule: str) -> Iterator[Found]:
    """The words of a name, up to the first that is none."""
    start = end = match.start(group)
    for word in re.finditer(r"\S+", match[group] or ""):
        is_initial = len(word[0].rstrip(".")) == 1
        if not is_initial and _is_no_name(word[0]):
            break
        end = start + word.end()
    if end > start and not _is_place(match.string, start, end):
        yield start, end, kind, rule


def _is_no_name(word: str) -> bool:
    return word.strip(".,").casefold() in _read_list("no_names.txt")


def _is_place(text: str, start: int, end: int) -> bool:
    if text[start:end].casefold() in _read_lines("places_named.txt"):
        return True
    if _PLACE.match(text, end):
        return True
    return _BEFORE_PLACE.search(text, max(0, start - 10), start) is not None


def _find_listed(text: str) -> Iterator[Found]:
    names = _get_first_names()
    after = 0
    for match in _WORD.finditer(text):
        if match.start() < after or match[0].casefold() not in names:
            continue
        start, end = match.span()
        # A surname comes with it.
        following = _WORD.match(text, end + 1)
        if following and text[end] == " " and not _is_no_name(following[0]):
            end = following.end()
        if _is_place(text, start, end) or _is_place(text, start, match.end()):
            continue
        after = end
        yield start, end, _tell_whose(text, start, end), "first name on the list"


def _tell_whose(text: str, start: int, end: int) -> NameKind:
    """Of staff where a word beside it says so, and where nothing says that it is a patient's: of
    ten names without a cue that patients write, nine are of staff."""
    around = _get_around(text, start, end, _REACH)
    is_of_patient = not _STAFF.search(around) and _OF_PATIENT.search(around)
    return (
        "name"
        if is_of_patient or (" " in text[start:end] and not _STAFF.search(around))
        else "staff name"
    )


def _get_around(text: str, start: int, end: int, reach: int) -> str:
    return f"{text[max(0, start - reach) : start]} {text[end : end + reach]}"


@cache
def _get_first_names() -> frozenset[str]:
    return _read_list("first_names.txt") - _read_list("word_names.txt")


@cache
def _read_list(name: str) -> frozenset[str]:
    return frozenset(word for line in _read_lines(name) for word in line.split())


@cache
def _read_lines(name: str) -> frozenset[str]:
    text = (files("yousaid.ingest.masking") / name).read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))

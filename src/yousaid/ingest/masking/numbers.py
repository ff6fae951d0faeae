"""Personal details that have a form of their own: numbers, e-mails, postcodes, dates of birth,
addresses."""

import re
from collections.abc import Iterator
from typing import Literal

NumberKind = Literal["phone", "NHS number", "email", "postcode", "date of birth", "address"]
Found = tuple[int, int, NumberKind, str]

_EMAIL = re.compile(
    # No longer than addresses are, and from their beginning alone: other text takes no time.
    r"(?<![\w.%+'-])[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}\s?@\s?[A-Za-z0-9-]{1,63}"
    r"(?:\s?\.\s?[A-Za-z0-9-]{1,63}){0,6}\.\s?[A-Za-z]{2,24}\b"
    r"|\b[A-Za-z0-9._-]{2,40} (?:at|\(at\)|\[at\]) (?:gmail|hotmail|outlook|yahoo|icloud|nhs|aol"
    r"|btinternet|live|sky|me)(?: ?(?:dot|\(dot\)|\.) ?[a-z]{2,4}){1,3}\b"
)
# Ten digits, as the NHS writes them (three, three, four) or together.
_TEN_DIGITS = re.compile(r"(?<![\d.,£+-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d]|[.,]\d)")
_NHS_CUE = re.compile(
    r"\bNHS\s*(?:no\b\.?|num(?:ber)?\b|#|id\b)?\s*(?:is|was|=)?[\s:.-]*(\d[\d -]{7,12}\d)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\d.,£])(?:\(?\+?(?:00)?44\)?[\s-]?(?:\(0\))?[\s-]?\(?[1-9]|\(?0[1-9])"
    r"(?:[\s().-]{0,2}\d){8,9}(?:\s?(?:ext|extension|x)\.?\s?\d{1,5})?(?!\d)",
    re.IGNORECASE,
)
_PHONE_CUE = re.compile(
    r"\b(?:phone|tel|telephone|mobile|mob|call|ring|text|contact)"
    r"(?: (?:me|us|number|no|is|on|at|him|her|my|mum|dad))*[\s.:]{1,3}"
    r"(\d{2,5}[\s-]?\d{3,4}(?:[\s-]?\d{3,4})?)"
    r"(?![\d:%]|\s?(?:am|pm|times|mins?|minutes|hours|days|weeks|people))",
    re.IGNORECASE,
)
# Every postcode area there is, so that “A1 2BC” is one and “W99 lounge” is none.
_AREAS = (
    "AB|AL|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE"
    "|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|RG|RH|RM|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]"
    "|UB|W[ACDFNRSV]?|YO|ZE"
)
_POSTCODE = re.compile(
    rf"\b(?:{_AREAS})\d(?:\d|[A-HJKPSTUW])?\s?\d[ABD-HJLNP-UW-Z]{{2}}\b|\bGIR\s?0AA\b"
)
_POSTCODE_SMALL = re.compile(
    rf"\b(?:{_AREAS})\d(?:\d|[A-HJKPSTUW])?\s\d[ABD-HJLNP-UW-Z]{{2}}\b", re.IGNORECASE
)
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DAY = (
    rf"(?:\d{{1,2}}[\s./-]{{1,2}}\d{{1,2}}[\s./-]{{1,2}}(?:\d{{4}}|\d{{2}})|\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)?[\s-](?:{_MONTH})[\s,.-]+\d{{2,4}}"
    rf"|(?:{_MONTH})\s\d{{1,2}}(?:st|nd|rd|th)?[\s,]+\d{{4}})"
)
_BIRTH = re.compile(
    r"\b(?:d\.?\s?o\.?\s?b\b\.?|date of birth|birth ?date|birthday|born)"
    rf"(?:\s+(?:is|was|on|the|as|of))*[\s:;=,(-]{{0,3}}({_DAY})",
    re.IGNORECASE,
)
_STREET = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Close|Drive|Crescent|Cres|Gardens|Gdns|Terrace|Grove|Walk"
    "|Square|Court|Place|Way|Rise|Mews|Row|Hill|View|Parade|Green"
)
_ADDRESS = re.compile(
    rf"\b(?:(?:[Ff]lat|[Aa]partment|[Aa]pt|[Uu]nit)\s\d{{1,4}}[A-Za-z]?,?\s)?\d{{1,4}}[A-Za-z]?,?\s"
    rf"(?:(?:[A-Z][a-z'’]+|St\.?|the|of|The)\s){{1,3}}(?:{_STREET})\b(?!\s(?:Ward|Hospital|Unit|Clinic|Surgery))"
)


def find_numbers(text: str) -> Iterator[Found]:
    """Where such details stand, what each is, and the rule that found it. They may overlap."""
    if "@" in text or " at " in text or "(at)" in text:
        for match in _EMAIL.finditer(text):
            yield match.start(), match.end(), "email", "email"
    if not any(map(str.isdigit, text)):
        return
    for match in _NHS_CUE.finditer(text):
        yield match.start(1), match.end(1), "NHS number", "NHS number by its cue"
    for match in _TEN_DIGITS.finditer(text):
        if is_nhs_number(match[0]):
            yield match.start(), match.end(), "NHS number", "NHS number by its check digit"
    for match in _BIRTH.finditer(text):
        yield match.start(1), match.end(1), "date of birth", "date of birth by its cue"
    for match in _PHONE.finditer(text):
        yield match.start(), match.end(), "phone", "phone"
    for match in _PHONE_CUE.finditer(text):
        yield match.start(1), match.end(1), "phone", "phone by its cue"
    for match in _ADDRESS.finditer(text):
        yield match.start(), match.end(), "address", "address"
    for rule in (_POSTCODE, _POSTCODE_SMALL):
        for match in rule.finditer(text):
            yield match.start(), match.end(), "postcode", "postcode"


def is_nhs_number(written: str) -> bool:
    """Whether the last of ten digits is the check digit of the others.

    NHS Data Dictionary, “NHS number”: the first nine times 10, 9 … 2, added up; what is left by 11,
    taken from 11, with 11 as 0; 10 is never given out. Numbers of one digit alone are not either.

    >>> is_nhs_number("943 476 5919"), is_nhs_number("943 476 5918")
    (True, False)
    """
    digits = [int(c) for c in written if c.isdigit()]
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    check = 11 - sum(d * weight for d, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return digits[9] == (0 if check == 11 else check)

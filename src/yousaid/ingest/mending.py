"""Letters that a program read in the wrong encoding before the file was written: “â€™” for “’”.

The bytes of UTF-8, taken for Windows-1252 or Latin-1, make pairs and triples of letters that no
language has; they are put back. Only what then is a letter with an accent, a sign of punctuation or
a picture is taken for that, so that what only looks odd stays.
"""

import re

# The bytes 0x80 to 0xBF, as either encoding shows them.
_BYTES = {chr(byte): byte for byte in range(0x80, 0x100)}
for _byte in range(0x80, 0x100):
    _BYTES[bytes([_byte]).decode("cp1252", "replace")] = _byte
del _BYTES["\ufffd"]
_INNER = "[" + "".join(re.escape(sign) for sign, byte in _BYTES.items() if byte < 0xC0) + "]"
_GARBLED = re.compile(f"[ÂÃÅÆË]{_INNER}|â{_INNER}{{2}}|ðŸ{_INNER}{{2}}|ð\u009f{_INNER}{{2}}")
# A file can have gone through it more than once.
_MOST_TIMES = 3


def mend_text(text: str) -> str:
    """The text with letters put back that were read in the wrong encoding; mostly as it is.

    >>> mend_text("The nurseâ€™s cafÃ© cost Â£4")
    'The nurse’s café cost £4'
    """
    if text.isascii():
        return text
    for _ in range(_MOST_TIMES):
        mended = _GARBLED.sub(_put_back, text)
        if mended == text:
            break
        text = mended
    return text


def _put_back(match: re.Match[str]) -> str:
    try:
        mended = bytes(_BYTES[sign] for sign in match[0]).decode("utf-8")
    except UnicodeDecodeError:
        return match[0]
    # Of two signs only what the wrong encoding has itself: “Å”, “Æ” and “Ë” begin many others.
    return match[0] if len(match[0]) == 2 and mended not in _BYTES else mended

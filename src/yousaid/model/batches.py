"""Many texts, some at a time, and the cores that there are for them."""

import os
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

# Texts taken together: enough for array arithmetic, few enough for the cache, and a slow model
# still tells every few seconds how far it is. Threads would not help the arithmetic: most of it is
# over before Python's lock has changed hands.
AT_ONCE = 1_000
# And characters: a thousand comments of 60,000 took 9 GB. Common ones are never cut by it.
CHARACTERS_AT_ONCE = 1_000_000

Asked = TypeVar("Asked", bound=Hashable)
Found = TypeVar("Found")


def cut(length: int) -> Iterator[slice]:
    """The slices of `AT_ONCE`, the last one shorter, that make up the length."""
    return (slice(at, min(at + AT_ONCE, length)) for at in range(0, length, AT_ONCE))


def cut_texts(texts: Sequence[str | None]) -> Iterator[slice]:
    """The slices that make up the texts, each of no more than `AT_ONCE` of them, nor of more than
    `CHARACTERS_AT_ONCE` but where one alone has more."""
    start = characters = 0
    for at, text in enumerate(texts):
        length = len(text or "")
        if at - start == AT_ONCE or (at > start and characters + length > CHARACTERS_AT_ONCE):
            yield slice(start, at)
            start, characters = at, 0
        characters += length
    if start < len(texts):
        yield slice(start, len(texts))


def read_once(
    asked: Sequence[Asked], read: Callable[[list[Asked]], Found]
) -> tuple[Found, list[int]]:
    """What is found in all that is different, and where each of `asked` stands among that: people
    say the same, and it is read once."""
    places = {one: place for place, one in enumerate(dict.fromkeys(asked))}
    return read(list(places)), [places[one] for one in asked]


def count_cores() -> int:
    """The processor cores that this process may use: no more than `OMP_NUM_THREADS` says, which
    Spark and batch systems set for programs that share a machine, and so do we for workers."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    allowed = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(allowed)) if allowed.isdecimal() and int(allowed) else cores

"""Evidence spans to parts of text: what a page can draw, one after the other.

Spans of one topic do not overlap, those of several may. The text is cut wherever a span starts or
ends, so every part lies wholly inside or outside each span, and the parts joined are the
text again.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from yousaid.records import Mention, Span

Tone = Literal["none", "positive", "neutral", "negative", "several"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a comment, in text order.

    `tone` is the sentiment of the topics that it shows, “several” where they differ, “none” where
    it shows no topic. `ending` holds the positions (in the mentions given) whose evidence ends
    here: the place for a label. `is_hit` says that it is what was searched for.
    """

    text: str
    tone: Tone
    ending: tuple[int, ...] = ()
    is_hit: bool = False


def make_parts(
    text: str, mentions: Sequence[Mention], hits: Sequence[Span] = ()
) -> tuple[Part, ...]:
    """The text cut at the ends of the mentions' spans and of what a search found (`hits`, which do
    not overlap). Spans beyond the text are cut off."""
    opening: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    cuts = {0, len(text), *(place for hit in hits for place in (hit.start, hit.end))}
    hit_places = {place for hit in hits for place in range(hit.start, hit.end)}
    for position, mention in enumerate(mentions):
        for span in mention.spans:
            start, end = max(span.start, 0), min(span.end, len(text))
            if start < end:
                opening[start].append((end, position))
                cuts |= {start, end}
    parts = []
    covering: set[tuple[int, int]] = set()
    for start, end in pairwise(sorted(cuts)):
        covering = {span for span in covering if span[0] > start} | set(opening[start])
        tones = {mentions[position].sentiment for _, position in covering}
        ending = sorted({position for stop, position in covering if stop == end})
        tone: Tone = "several" if len(tones) > 1 else tones.pop() if tones else "none"
        parts.append(Part(text[start:end], tone, tuple(ending), start in hit_places))
    return tuple(parts)


def shorten(parts: Sequence[Part], limit: int) -> tuple[tuple[Part, ...], bool]:
    """The parts up to about `limit` characters, and whether anything was cut off.

    The cut is at a space where one is near.
    """
    kept: list[Part] = []
    room = limit
    for part in parts:
        if len(part.text) <= room:
            kept.append(part)
            room -= len(part.text)
            continue
        head = part.text[:room]
        head = head[: head.rfind(" ", room - 40) + 1] or head
        kept.append(Part(f"{head.rstrip()} …", part.tone, part.ending, part.is_hit))
        return tuple(kept), True
    return tuple(kept), False

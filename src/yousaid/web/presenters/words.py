"""Numbers, dates and places as a reader says them."""

from datetime import date

from yousaid.frameworks import get_framework
from yousaid.frameworks.languages import LANGUAGES, is_english
from yousaid.measures.intervals import Share, share
from yousaid.records import LEVEL_SENTIMENTS, SCORES, SENTIMENT_LEVELS, TopicSentiment

# Never colour alone: each sentiment has a word and a mark of its own.
SENTIMENT_MARKS: dict[TopicSentiment, str] = {"positive": "+", "neutral": "○", "negative": "−"}


def word_count(count: int, noun: str) -> str:
    """A count with its noun: “1 comment”, “1,234 comments”, “no comments”."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun}s" if count else f"no {noun}s"


def word_percent(percent: float | None) -> str:
    """A percentage without false precision: whole from 10 up, one decimal below, never a false 0.

    Exactly 0 and 100 are kept for exactly none and all; None, a share of nothing, is a dash.
    """
    if percent is None:
        return "–"
    if percent in (0, 100):
        return f"{percent:.0f}%"
    if percent < 0.1:
        return "under 0.1%"
    if percent < 9.95 or percent > 99:
        return f"{min(percent, 99.9):.1f}%"
    return f"{percent:.0f}%"


def word_share(found: Share) -> str:
    """The percentage of a share; empty where there are too few to show one."""
    return word_percent(found.percent) if found.can_show else ""


def word_range(found: Share) -> str:
    """The 95 % interval of a share: “4.6% to 6.0%”; empty where there are too few to show one."""
    return f"{word_percent(found.low)} to {word_percent(found.high)}" if found.can_show else ""


def word_too_few(out_of: int, noun: str) -> str:
    """What stands instead of a percentage: “Too few comments to show a percentage”; empty where
    there are enough for one, or none at all."""
    if not out_of or share(0, out_of).can_show:
        return ""
    return f"Too few {noun}s to show a percentage"


def word_date(day: date | None) -> str:
    """“3 March 2026”; “no date” where it is not known."""
    return f"{day.day} {day:%B %Y}" if day else "no date"


def word_month(month: date) -> str:
    """“March 2026”."""
    return f"{month:%B %Y}"


def word_period(first: date | None, last: date | None) -> str:
    """“1 January to 31 March 2026”; the year once where it is the same; empty without dates."""
    if not first or not last:
        return ""
    if first == last:
        return word_date(first)
    start = f"{first.day} {first:%B}" if first.year == last.year else word_date(first)
    return f"{start} to {word_date(last)}"


def word_topic(topic_id: str) -> str:
    """The name of a topic; the id itself where our framework has no such topic."""
    topic = get_framework().by_id.get(topic_id)
    return topic.name if topic else topic_id


def word_name(name: str) -> str:
    """A name that people gave to something, on one line; “not known” where it is empty."""
    return " ".join(name.split()) or "not known"


def word_place(unit: tuple[str, ...]) -> str:
    """A place with what holds it, widest first: “City Hospital › Ward 4”."""
    return " › ".join(level or "(no name)" for level in unit) or "Place not given"


def word_score(score: int | None) -> str:
    """The wording of a national code; “no score” where the person gave none."""
    return SCORES[score - 1] if score else "no score"


def word_level(level: int | None, language: str | None = None) -> str:
    """The wording of a sentiment level. Where there is none, what there is instead: “nothing to
    read”, or “not in English (Polish?): not read”, whose question mark says that it is a guess."""
    if is_english(language):
        return SENTIMENT_LEVELS[level - 1] if level else "nothing to read"
    name = LANGUAGES.get(language or "")
    return f"not in English ({name}?): not read" if name else "not in English: not read"


def get_level_sentiment(level: int | None) -> TopicSentiment:
    """Which of the three sentiments a level 1…5 belongs to; neutral where there is none."""
    return LEVEL_SENTIMENTS[level - 1] if level else "neutral"


def capitalise(text: str) -> str:
    """The text with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]

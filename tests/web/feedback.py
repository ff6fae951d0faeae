"""Invented feedback for the tests of the pages: plain records, and a store that holds them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from yousaid.frameworks import get_framework
from yousaid.records import Comment, Mention, Reading, Span, TopicSentiment
from yousaid.store.layout import Store, create_store
from yousaid.store.write import add_upload

NOW = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)

PLACES = (
    ("Northfield Hospital", "Surgery", "Ward 4"),
    ("Northfield Hospital", "Surgery", "Ward 7"),
    ("Northfield Hospital", "Emergency", "Emergency department"),
    ("Riverside Centre", "Community", "District nursing"),
    ("Riverside Centre", "Mental health", "Day unit"),
)

# What a sentence says, the words that show it, its topic and its feeling.
PHRASES: tuple[tuple[str, str, str, TopicSentiment], ...] = (
    ("The nurses were kind to me all day.", "nurses were kind", "staff_manner", "positive"),
    ("Everyone I met was cheerful.", "Everyone I met was cheerful", "staff_manner", "positive"),
    ("The man at the desk was rude.", "was rude", "staff_manner", "negative"),
    ("I waited five hours before anyone came.", "waited five hours", "timeliness", "negative"),
    ("I was seen straight away.", "seen straight away", "timeliness", "positive"),
    ("I never found a space to park.", "never found a space to park", "parking", "negative"),
    ("Lunch came cold.", "Lunch came cold", "food", "negative"),
    ("The soup was lovely.", "soup was lovely", "food", "positive"),
    ("The side room was spotless.", "spotless", "cleanliness", "positive"),
    ("Nobody told us what would happen next.", "Nobody told us", "kept_informed", "negative"),
    (
        "The doctor drew me a picture of it.",
        "drew me a picture",
        "information_from_staff",
        "positive",
    ),
    ("My tablets were not ready when I left.", "tablets were not ready", "medication", "negative"),
    ("They went through the going-home plan twice.", "going-home plan", "discharge", "neutral"),
    ("It is a long bus ride from here.", "long bus ride", "transport", "neutral"),
    ("The lights stayed on all night.", "lights stayed on", "sensory", "negative"),
    ("They asked my daughter what she thought.", "asked my daughter", "family_carers", "positive"),
    ("I was in pain and had to ask twice.", "in pain and had to ask twice", "pain", "negative"),
)

HOSTILE = (
    "<script>alert(1)</script> was the worst part",
    '<img src=x onerror="alert(2)"> and the "waiting" & wailing',
    "=HYPERLINK(\"http://example.invalid\",\"click\")",
    "Right to left: \u202eevil txt.exe and after",
    "{{ 7 * 7 }} {% raw %} '; DROP TABLE comments; --",
)  # fmt: skip


def make_comment(number: int, text: str, **changes: object) -> Comment:
    """A comment with everything given, at one place in March 2026."""
    fields: dict[str, object] = {
        "comment_id": f"c{number}",
        "response_id": f"r{number}",
        "date": date(2026, 3, 1 + number % 28),
        "unit": PLACES[0],
        "question": "What could we have done better?",
        "kind": "could_improve",
        "text": text,
        "score": 1,
    }
    return Comment(**{**fields, **changes})  # type: ignore[arg-type]


def make_reading(text: str, *found: tuple[str, str, TopicSentiment], **changes: object) -> Reading:
    """A reading with a mention for each (words in the text, topic, sentiment)."""
    mentions = tuple(
        Mention(topic, 0.9, sentiment, (_find_span(text, words),))
        for words, topic, sentiment in found
    )
    feelings = [sentiment for _, _, sentiment in found]
    level = 3
    if "positive" in feelings and "negative" not in feelings:
        level = 2 - (feelings.count("positive") > 1)
    if "negative" in feelings and "positive" not in feelings:
        level = 4 + (feelings.count("negative") > 1)
    fields: dict[str, object] = {
        "mentions": mentions,
        "sentiment": level if text else None,
        "sentiment_score": (3 - level) / 2 if text else None,
        "mixed": {"positive", "negative"} <= set(feelings),
        "urgency": 0.1,
        "probabilities": (0.02,) * len(get_framework().topics),
        "model": "test-1",
    }
    return Reading(**{**fields, **changes})  # type: ignore[arg-type]


def _find_span(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def make_feedback(count: int = 600, seed: int = 4) -> tuple[list[Comment], list[Reading]]:
    """Two years of invented responses: most with a comment, some blank, some without a date."""
    random = Random(seed)
    comments, readings = [], []
    for number in range(count):
        drawn = random.sample(PHRASES, random.choice((0, 1, 1, 2, 2, 3)))
        # A reading names a topic once.
        phrases = list({topic: (words, show, topic, s) for words, show, topic, s in drawn}.values())
        text = " ".join(phrase for phrase, *_ in phrases)
        bad = sum(sentiment == "negative" for *_, sentiment in phrases)
        month = date(2024, 4, 15) + timedelta(days=int(30.4 * random.triangular(0, 24, 20)))
        score = (
            min(5, max(1, 1 + bad + random.choice((0, 0, 0, 1)))) if random.random() < 0.96 else 6
        )
        comment = make_comment(
            number,
            text,
            response_id=f"r{number // 2 if number % 10 == 1 else number}",
            date=month if random.random() < 0.98 else None,
            unit=random.choices(PLACES, (5, 4, 6, 2, 1))[0],
            score=score if random.random() < 0.97 else None,
            kind=random.choice(("what_good", "could_improve", "why")),
            question="Please tell us why you gave that score.",
        )
        comments.append(comment)
        found = [(words, topic, sentiment) for _, words, topic, sentiment in phrases]
        urgency = 0.9 if "in pain" in text and bad > 1 else 0.2
        readings.append(make_reading(text, *found, urgency=urgency))
    return comments, readings


def make_store(
    folder: Path, comments: Sequence[Comment] = (), readings: Sequence[Reading] = ()
) -> Store:
    """A store in the folder with one upload, or none where there are no comments."""
    store = create_store(folder)
    if comments:
        add_upload(store, "march.csv", comments, readings, now=NOW, framework_version="7+4")
    return store


def make_hostile_feedback() -> tuple[list[Comment], list[Reading]]:
    """Comments that try to be more than text, in every field that a person fills in."""
    texts = [*HOSTILE, "long " * 20_000, "unbroken" * 12_500]
    comments = [
        make_comment(
            number,
            text,
            unit=("<b>Bold</b> Trust & Co", "=Ward/9 \u202eback"),
            question='<i>Why?</i> "really"',
            comment_id=f"id/{number}?#<x>",
        )
        for number, text in enumerate(texts)
    ]
    readings = [
        make_reading(text, (text[:9], "timeliness", "negative"), urgency=0.9) for text in texts
    ]
    return comments, readings

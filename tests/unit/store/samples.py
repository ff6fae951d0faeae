"""Comments and readings for the store's tests: drawn from a seed, or by hypothesis."""

import random
from datetime import date, timedelta

from yousaid.frameworks import get_framework
from yousaid.records import QUESTION_KINDS, TOPIC_SENTIMENTS, Comment, Mention, Reading, Span

UNITS = (
    ("City Hospital", "Surgery", "Ward 5"),
    ("City Hospital", "Surgery", "Ward 6"),
    ("City Hospital", "Maternity"),
    ("City",),
    ("Hill/Road", "50%"),
    (),
)
DEMOGRAPHICS = (
    {},
    {"age": "40-64", "gender": "F"},
    {"age": "65+"},
    {"age": "", "eth/nic 100%": "a\nb"},
)
SOURCES = ("", "text message", "web/site")
QUESTIONS = ("Question 0?", "What/how 100%?", "")
WORDS = ("waiting", "Wait", "café", "CAR", "park", "nurse", "don't", "straße", "8am")
TOPICS = get_framework().topic_ids
# Few topics, of several categories, so that overlaps are common.
SOME_TOPICS = (TOPICS[0], TOPICS[1], "parking", "food", "staff_manner")


def make_sample(
    random_: random.Random, response_count: int, prefix: str = ""
) -> tuple[list[Comment], list[Reading]]:
    """Some responses of one to three answers, blanks and gaps of every sort among them.

    Every id begins with the prefix.
    """
    comments: list[Comment] = []
    for response in range(response_count):
        day = date(2025, 11, 20) + timedelta(days=random_.randrange(130))
        same = {
            "response_id": f"{prefix}r{response}",
            "date": random_.choice([day, day, day, None]),
            "unit": random_.choice(UNITS),
            "score": random_.choice([1, 1, 2, 3, 4, 5, 6, None]),
            "demographics": random_.choice(DEMOGRAPHICS),
            "source": random_.choice(SOURCES),
        }
        comments += [
            Comment(
                comment_id=f"{prefix}r{response}-{answer}",
                question=QUESTIONS[answer],
                kind=random_.choice(QUESTION_KINDS),
                text=random_.choice(["", make_text(random_), make_text(random_)]),
                **same,
            )
            for answer in range(random_.choice([1, 1, 2, 3]))
        ]
    return comments, [make_reading(random_, comment) for comment in comments]


def make_text(random_: random.Random) -> str:
    return random_.choice([" ", ", ", "-"]).join(random_.choices(WORDS, k=random_.randrange(1, 6)))


def make_reading(random_: random.Random, comment: Comment) -> Reading:
    if not comment.text:
        return Reading((), None, None, False, 0.0, (0.0,) * len(TOPICS), "test-1")
    # Coarse numbers, so that ties are common. Eighths and quarters are exact in 32 bits.
    topics = random_.sample(SOME_TOPICS, random_.randrange(4))
    mentions = tuple(
        Mention(topic, 0.5, random_.choice(TOPIC_SENTIMENTS), _make_spans(random_, comment.text))
        for topic in topics
    )
    level = random_.choice([1, 2, 3, 4, 5, None])
    return Reading(
        mentions=mentions,
        sentiment=level,
        sentiment_score=None if level is None else (3 - level) / 2,
        mixed=random_.random() < 0.2,
        urgency=random_.choice([0.0, 0.25, 0.5, 0.75]),
        probabilities=tuple(0.5 if topic in topics else 0.125 for topic in TOPICS),
        model="test-1",
        vector=random_.choice([b"", random_.randbytes(384), random_.randbytes(384)]),
    )


def _make_spans(random_: random.Random, text: str) -> tuple[Span, ...]:
    middle = len(text) // 2
    return random_.choice([(), (Span(0, middle),), (Span(0, middle), Span(middle, len(text)))])

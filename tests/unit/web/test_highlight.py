from hypothesis import given
from hypothesis import strategies as st

from yousaid.records import Mention, Span, TopicSentiment
from yousaid.web.highlight import Part, make_parts, shorten


def make_mention(sentiment: TopicSentiment, *spans: tuple[int, int]) -> Mention:
    return Mention("food", 0.9, sentiment, tuple(Span(*span) for span in spans))


def test_make_parts_without_mentions_is_the_text() -> None:
    assert make_parts("Fine", []) == (Part("Fine", "none"),)
    assert make_parts("", []) == ()


def test_make_parts_marks_a_span() -> None:
    assert make_parts("The soup was cold", [make_mention("negative", (4, 8))]) == (
        Part("The ", "none"),
        Part("soup", "negative", (0,)),
        Part(" was cold", "none"),
    )


def test_make_parts_of_overlapping_topics() -> None:
    mentions = [make_mention("positive", (0, 6)), make_mention("negative", (4, 10))]
    assert make_parts("kind nurse, slow", mentions) == (
        Part("kind", "positive"),
        Part(" n", "several", (0,)),
        Part("urse", "negative", (1,)),
        Part(", slow", "none"),
    )


def test_make_parts_of_the_same_words_twice() -> None:
    mentions = [make_mention("positive", (0, 4)), make_mention("positive", (0, 4))]
    assert make_parts("kind", mentions) == (Part("kind", "positive", (0, 1)),)


def test_make_parts_cuts_off_what_lies_beyond_the_text() -> None:
    assert make_parts("Fine", [make_mention("neutral", (2, 99), (50, 60))]) == (
        Part("Fi", "none"),
        Part("ne", "neutral", (0,)),
    )


@given(
    st.text(max_size=40),
    st.lists(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=3), max_size=4),
)
def test_make_parts_joined_are_the_text(text: str, spans: list[list[tuple[int, int]]]) -> None:
    mentions = [make_mention("positive", *found) for found in spans]
    parts = make_parts(text, mentions)
    assert "".join(part.text for part in parts) == text
    # The slow twin: a character is marked if any span holds it.
    marked = [part.tone != "none" for part in parts for _ in part.text]
    assert marked == [
        any(start <= place < end for found in spans for start, end in found)
        for place in range(len(text))
    ]


def test_make_parts_cuts_at_what_was_searched_for() -> None:
    parts = make_parts("cold soup", [make_mention("negative", (0, 9))], [Span(5, 9)])
    assert parts == (
        Part("cold ", "negative"),
        Part("soup", "negative", (0,), is_hit=True),
    )


def test_shorten_leaves_a_short_text_alone() -> None:
    parts = make_parts("The soup", [make_mention("positive", (4, 8))])
    assert shorten(parts, 8) == (parts, False)


def test_shorten_cuts_at_a_space() -> None:
    parts = (Part("one two three", "none"), Part("four", "positive", (0,)))
    assert shorten(parts, 9) == ((Part("one two …", "none"),), True)


def test_shorten_cuts_a_word_that_is_too_long() -> None:
    assert shorten((Part("x" * 500, "none"),), 100) == (
        (Part("x" * 100 + " …", "none"),),
        True,
    )

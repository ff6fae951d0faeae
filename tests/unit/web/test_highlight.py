from hypothesis import given
from hypothesis import strategies as st

from yousaid.records import Mention, Span, TopicSentiment
from yousaid.web.highlight import Segment, make_segments, shorten


def make_mention(sentiment: TopicSentiment, *spans: tuple[int, int]) -> Mention:
    return Mention("food", 0.9, sentiment, tuple(Span(*span) for span in spans))


def test_make_segments_without_mentions_is_the_text() -> None:
    assert make_segments("Fine", []) == (Segment("Fine", "none"),)
    assert make_segments("", []) == ()


def test_make_segments_marks_a_span() -> None:
    assert make_segments("The soup was cold", [make_mention("negative", (4, 8))]) == (
        Segment("The ", "none"),
        Segment("soup", "negative", (0,)),
        Segment(" was cold", "none"),
    )


def test_make_segments_of_overlapping_topics() -> None:
    mentions = [make_mention("positive", (0, 6)), make_mention("negative", (4, 10))]
    assert make_segments("kind nurse, slow", mentions) == (
        Segment("kind", "positive"),
        Segment(" n", "several", (0,)),
        Segment("urse", "negative", (1,)),
        Segment(", slow", "none"),
    )


def test_make_segments_of_the_same_words_twice() -> None:
    mentions = [make_mention("positive", (0, 4)), make_mention("positive", (0, 4))]
    assert make_segments("kind", mentions) == (Segment("kind", "positive", (0, 1)),)


def test_make_segments_cuts_off_what_lies_beyond_the_text() -> None:
    assert make_segments("Fine", [make_mention("neutral", (2, 99), (50, 60))]) == (
        Segment("Fi", "none"),
        Segment("ne", "neutral", (0,)),
    )


@given(
    st.text(max_size=40),
    st.lists(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=3), max_size=4),
)
def test_make_segments_joined_are_the_text(text: str, spans: list[list[tuple[int, int]]]) -> None:
    mentions = [make_mention("positive", *found) for found in spans]
    segments = make_segments(text, mentions)
    assert "".join(segment.text for segment in segments) == text
    # The slow twin: a character is marked if any span holds it.
    marked = [segment.tone != "none" for segment in segments for _ in segment.text]
    assert marked == [
        any(start <= place < end for found in spans for start, end in found)
        for place in range(len(text))
    ]


def test_shorten_leaves_a_short_text_alone() -> None:
    segments = make_segments("The soup", [make_mention("positive", (4, 8))])
    assert shorten(segments, 8) == (segments, False)


def test_shorten_cuts_at_a_space() -> None:
    segments = (Segment("one two three", "none"), Segment("four", "positive", (0,)))
    assert shorten(segments, 9) == ((Segment("one two …", "none"),), True)


def test_shorten_cuts_a_word_that_is_too_long() -> None:
    assert shorten((Segment("x" * 500, "none"),), 100) == (
        (Segment("x" * 100 + " …", "none"),),
        True,
    )

import pytest

from yousaid.model.non_answers import is_non_answer

SAYS_NOTHING = (
    *("n/a", "N/A.", "n.a", "NA", "#N/A", "none given", "no comment", "No comments.", "dim byd"),
    *("Dim", "x", "XXX", "aaaaaaa", "asdf", "asdfghjkl", "qwertyuiopqwerty", "test", "Ditto"),
    *("Prefer not to answer", "prefer not to say", "as above", "- null -"),
)
SAYS_SOMETHING = (
    *(
        "Nothing",
        "None",
        "No",
        "Nil",
        "Y",
        "n.",
        "👍",
        "N/A 👍",
        "10",
        "10/10",
        "x 10",
        "no staff",
        "ok",
        "Bus",
    ),
    *(
        "Nothing to add",
        "test results",
        "Nothing to say but thank you",
        "Rude",
        "tree",
        "wet",
        "好",
        "n/a for me, but",
    ),
    *(
        "see above the door",
        "were",
        "No comments on the food, it was cold and late every single day",
    ),
)


@pytest.mark.parametrize("text", SAYS_NOTHING)
def test_is_non_answer_yes(text: str) -> None:
    assert is_non_answer(text)


@pytest.mark.parametrize("text", SAYS_SOMETHING)
def test_is_non_answer_no(text: str) -> None:
    assert not is_non_answer(text)


def test_is_non_answer_long_text_is_not_looked_at() -> None:
    assert not is_non_answer("a" * 1_000_000)

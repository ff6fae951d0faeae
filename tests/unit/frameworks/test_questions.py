"""Wordings of questions, each of one kind or of none."""

import pytest

from yousaid.frameworks.questions import question_kind
from yousaid.records import QUESTION_KINDS


@pytest.mark.parametrize(
    ("wording", "kind"),
    [
        *((kind, kind) for kind in QUESTION_KINDS),
        ("Could improve", "could_improve"),
        ("nonspecific", "why"),
        ("What was good?", "what_good"),
        ("What did we do well?", "what_good"),
        ("what went WELL", "what_good"),
        ("Is there anything you particularly liked?", "what_good"),
        ("What did you like about your visit?", "what_good"),
        ("What was best about your care", "what_good"),
        ("Please tell us what was good about our service", "what_good"),
        ("What could we do better?", "could_improve"),
        ("How could we improve?", "could_improve"),
        ("Is there anything we could have done differently?", "could_improve"),
        ("What one thing would you change?", "could_improve"),
        ("Please tell us about anything that we could have done better", "could_improve"),
        ("What would have made your good experience even better?", "could_improve"),
        ("What did we not do well?", "could_improve"),
        ("What didn't go well?", "could_improve"),
        ("What was good and what could be better?", "why"),
        ("FFT Why?", "why"),
        ("Why did you give that answer?", "why"),
        ("What is the main reason for your score (very good to very poor)?", "why"),
        ("Please can you tell us why you felt it was good?", "why"),
        (
            "Please describe any things about the service that you were particularly satisfied "
            "and/or dissatisfied with",
            "why",
        ),
        ("Is there anything else you would like to tell us?", "why"),
        ("Any other comments", "why"),
        ("Tell us about your experience", "why"),
        ("", None),
        ("Q7", None),
        ("Ward", None),
        ("How did you travel?", None),
    ],
)
def test_question_kind(wording, kind):
    assert question_kind(wording) == kind
    assert question_kind(f"  {wording.upper()} ") == kind

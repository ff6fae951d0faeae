"""Boxes to tick, drawn as the design system draws them."""

from yousaid.web.presenters.filters import Choice, Group
from yousaid.web.site import make_templates

GROUP = Group(
    "place",
    "Where <b>",
    (
        Choice('A & "B"', "A <b>", 1200, True),
        Choice("A/C", "Ward", 3, False, 1),
        Choice("A/C/D", "Bay", 0, False, 4),
    ),
)
OURS = """{% from "parts.jinja" import boxes %}{{ boxes(group, "place") }}"""
THEIRS = """
{% from "nhsuk/components/checkboxes/macro.jinja" import checkboxes %}
{{ checkboxes({
  "idPrefix": "place", "name": "place", "small": true,
  "fieldset": {"legend": {"text": group.heading, "size": "s"}},
  "items": [
    {"value": "A & \\"B\\"", "text": "A <b> (1,200)", "checked": true, "classes": "depth-0"},
    {"value": "A/C", "text": "Ward (3)", "classes": "depth-1"},
    {"value": "A/C/D", "text": "Bay (0)", "classes": "depth-3"}
  ]
}) }}"""


def test_boxes_are_those_of_the_design_system() -> None:
    templates = make_templates()
    ours, theirs = (
        templates.from_string(source).render(group=GROUP).split() for source in (OURS, THEIRS)
    )
    assert ours == theirs

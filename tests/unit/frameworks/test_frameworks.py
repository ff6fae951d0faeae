import re

import pytest

from yousaid.frameworks import (
    NOT_POSSIBLE,
    Topic,
    get_framework,
    get_v6_columns,
)

TOPICS = get_framework().topics
each_topic = pytest.mark.parametrize("topic", TOPICS, ids=[topic.id for topic in TOPICS])

# Every label column of the public version 6 file, in its order and spelling.
V6_COLUMNS = [
    "Not assigned",
    "Organisation & efficiency",
    "Funding & use of financial resources",
    "Staff manner & personal attributes",
    "Number & deployment of staff",
    "Staff responsiveness",
    "Staff continuity",
    "Competence & training",
    "Unspecified communication",
    "Staff listening, understanding & involving patients",
    "Information directly from staff during care",
    "Information provision & guidance",
    "Being kept informed, clarity & consistency of information",
    "Contacting services",
    "Appointment arrangements",
    "Appointment method",
    "Timeliness of care",
    "Pain management",
    "Diagnosis & triage",
    "Referals & continuity of care",
    "Discharge",
    "Care plans",
    "Patient records",
    "Cleanliness, tidiness & infection control",
    "Provision of medical equipment",
    "Service location",
    "Transport to/ from services",
    "Parking",
    "Electronic entertainment",
    "Feeling safe",
    "Patient appearance & grooming",
    "Mental Health Act",
    "Equality, Diversity & Inclusion",
    "Admission",
    "Safeguarding concerns?",
    "Labelling not possible",
    "Environment & Facilities",
    "Supplying & understanding medication",
    "Activities & access to fresh air",
    "Food & drink provision & facilities",
    "Sensory experience",
    "Impact of treatment/ care",
    "Psychological therapy arrangements",
    "Existence of services",
    "Choice of services",
    "Out of hours support (community services)",
    "Learning organisation",
    "Interaction with family/ carers",
    "Negative experience & dissatisfaction",
    "Positive experience & gratitude",
]


def test_get_framework_counts() -> None:
    framework = get_framework()
    assert len(framework.topics) == 36
    assert len(framework.by_id) == 36
    assert len({topic.name for topic in framework.topics}) == 36
    assert len(framework.categories) == 10
    assert sum(topic.in_v7 for topic in framework.topics) == 32


def test_get_framework_keeps_categories_together() -> None:
    framework = get_framework()
    by_category = [topic for topics in framework.categories.values() for topic in topics]
    assert tuple(by_category) == framework.topics


def test_get_framework_has_the_topic_for_nothing_to_read() -> None:
    assert get_framework().by_id[NOT_POSSIBLE].name == "Labelling not possible"


@each_topic
def test_topic_id_is_a_slug(topic: Topic) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", topic.id)


@each_topic
def test_topic_is_explained(topic: Topic) -> None:
    assert topic.meaning.endswith(".")
    assert len(re.findall(r"\.(?: |$)", topic.meaning)) in (1, 2)
    assert len(topic.examples) == 3
    assert all(example.strip() for example in topic.examples)


@each_topic
def test_topic_not_this_names_other_topics(topic: Topic) -> None:
    named = re.findall(r"“([^”]*)”", topic.not_this)
    assert named
    assert set(named) <= {other.name for other in TOPICS} - {topic.name}
    assert topic.not_this.count("“") == topic.not_this.count("”") == len(named)


def test_topics_share_no_words() -> None:
    examples = [example for topic in TOPICS for example in topic.examples]
    assert len(set(examples)) == 3 * len(TOPICS)
    assert len({topic.meaning for topic in TOPICS}) == len(TOPICS)
    assert len({topic.not_this for topic in TOPICS}) == len(TOPICS)


def test_get_v6_columns_covers_the_file() -> None:
    columns = get_v6_columns()
    assert sorted(columns) == sorted(V6_COLUMNS)
    reached = {topic_id for topic_id in columns.values() if topic_id is not None}
    assert reached == set(get_framework().topic_ids)


def test_get_v6_columns_same_name_is_same_topic() -> None:
    columns = get_v6_columns()
    shared = [topic for topic in TOPICS if topic.name in columns]
    assert len(shared) == 33
    assert all(columns[topic.name] == topic.id for topic in shared)


def test_get_v6_columns_merges_and_drops() -> None:
    columns = get_v6_columns()
    merged = {
        name: topic_id
        for name, topic_id in columns.items()
        if topic_id is not None and name != _name(topic_id)
    }
    assert merged == {
        "Number & deployment of staff": "staffing_levels",
        "Staff responsiveness": "staffing_levels",
        "Staff continuity": "continuity",
        "Referals & continuity of care": "continuity",
        "Diagnosis & triage": "continuity",
        "Care plans": "continuity",
        "Environment & Facilities": "environment",
        "Provision of medical equipment": "environment",
    }
    assert sum(topic_id is None for topic_id in columns.values()) == 9


def _name(topic_id: str) -> str:
    return get_framework().by_id[topic_id].name

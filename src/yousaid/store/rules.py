"""What every row of a file that is brought in must fulfil, beyond the types of its columns.

Each rule is a condition in SQL and how it is said: “each needs …”.
"""

from yousaid.records import QUESTION_KINDS, SCORES, SENTIMENT_LEVELS

_KINDS = ", ".join(f"'{kind}'" for kind in QUESTION_KINDS)
COMMENT_RULES: dict[str, str] = {
    "comment_id <> ''": "a comment_id",
    "response_id IS NOT NULL": "a response_id",
    "unit IS NOT NULL AND NOT list_contains(list_transform(unit, lambda x: x IS NULL), true)": (
        "a unit, if an empty list"
    ),
    "question IS NOT NULL AND source IS NOT NULL": "a question and a source, if empty",
    f"kind IN ({_KINDS})": f"a kind that is one of {_KINDS}",
    f"score IS NULL OR score BETWEEN 1 AND {len(SCORES)}": (
        f"a score of 1 to {len(SCORES)}, or none"
    ),
    "demographics IS NOT NULL AND NOT "
    "list_contains(list_transform(map_values(demographics), lambda x: x IS NULL), true)": (
        "demographics, if an empty map, without missing values"
    ),
}
READING_RULES: dict[str, str] = {
    "model <> ''": "a model",
    "len(topics) = len(topic_sentiments) AND len(topics) = len(topic_probabilities) "
    "AND len(topics) = len(topic_spans)": "lists of topics that are equally long",
    "len(list_distinct(topics)) = len(topics)": "no topic twice and none missing",
    "len(list_filter(topic_sentiments, lambda x: x BETWEEN -1 AND 1)) = len(topic_sentiments)": (
        "topic_sentiments of −1, 0 or 1"
    ),
    "len(list_filter(topic_probabilities, lambda x: x BETWEEN 0 AND 1)) = len(topics)": (
        "topic_probabilities of 0 to 1"
    ),
    "len(list_filter(topic_spans, lambda x: len(x) % 2 = 0 AND coalesce(list_min(x), 0) >= 0)) "
    "= len(topics)": "topic_spans with a start and an end each",
    f"sentiment IS NULL OR sentiment BETWEEN 1 AND {len(SENTIMENT_LEVELS)}": (
        f"a sentiment of 1 to {len(SENTIMENT_LEVELS)}, or none"
    ),
    "sentiment_score IS NULL OR sentiment_score BETWEEN -1 AND 1": (
        "a sentiment_score of −1 to 1, or none"
    ),
    "urgency BETWEEN 0 AND 1 AND mixed IS NOT NULL": "an urgency of 0 to 1, and mixed or not",
    "probabilities IS NOT NULL AND vector IS NOT NULL AND vector_signs IS NOT NULL": (
        "probabilities, a vector and vector_signs, if empty"
    ),
}

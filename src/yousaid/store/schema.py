"""The columns of the store's tables: the writers' schema, and what a reader of the files will find.

Types are DuckDB's. `comment_key` numbers the rows of the whole store in the order in which they
came; `response_key` is the comment_key of the response's first row.
"""

from typing import Literal

from yousaid.records import TopicSentiment

TableName = Literal["comments", "readings", "facts", "rollup"]

COLUMNS: dict[TableName, dict[str, str]] = {
    # One row an answer, blank ones too. `unit_path` is `unit` as one text; `text` is NULL for a
    # blank answer; `upload` is the number of the upload.
    "comments": {
        "comment_key": "BIGINT",
        "response_key": "BIGINT",
        "upload": "INTEGER",
        "comment_id": "VARCHAR",
        "response_id": "VARCHAR",
        "date": "DATE",
        "unit": "VARCHAR[]",
        "unit_path": "VARCHAR",
        "question": "VARCHAR",
        "kind": "VARCHAR",
        "has_text": "BOOLEAN",
        "text": "VARCHAR",
        "score": "TINYINT",
        "source": "VARCHAR",
        "demographics": "MAP(VARCHAR, VARCHAR)",
    },
    # One row an answer. The lists `topics`, `topic_probabilities`, `topic_sentiments` (1, 0, −1)
    # and `topic_spans` (start, end, start, end …) run in parallel, one place a mention;
    # `probabilities` has one value for each topic of the framework. `vector` and `vector_signs`
    # are those of `vectors.py`.
    "readings": {
        "comment_key": "BIGINT",
        "upload": "INTEGER",
        "model": "VARCHAR",
        "topics": "VARCHAR[]",
        "topic_probabilities": "FLOAT[]",
        "topic_sentiments": "TINYINT[]",
        "topic_spans": "INTEGER[][]",
        "sentiment": "TINYINT",
        "sentiment_score": "FLOAT",
        "mixed": "BOOLEAN",
        "urgency": "FLOAT",
        "language": "VARCHAR",
        "probabilities": "FLOAT[]",
        "vector": "BLOB",
        "vector_signs": "BIGINT[]",
    },
    # An answer and its reading as numbers, which is what questions are asked of. The names behind
    # the numbers are in the app database (`names.py`). A topic is a bit of the masks; what is in
    # `topic_mask` and in neither other mask is neutral. `mentions` are topic code × 3 + sentiment
    # + 1, in the reading's order. `kind` is the place in QUESTION_KINDS.
    "facts": {
        "comment_key": "BIGINT",
        "response_key": "BIGINT",
        "upload": "INTEGER",
        "date": "DATE",
        "place_id": "INTEGER",
        "person_id": "INTEGER",
        "question_id": "INTEGER",
        "source_id": "INTEGER",
        "kind": "TINYINT",
        "score": "TINYINT",
        "has_text": "BOOLEAN",
        "sentiment": "TINYINT",
        "sentiment_score": "FLOAT",
        "urgency": "FLOAT",
        "mixed": "BOOLEAN",
        "model_id": "INTEGER",
        "language_id": "INTEGER",
        "topic_mask": "BIGINT",
        "positive_mask": "BIGINT",
        "negative_mask": "BIGINT",
        "mentions": "SMALLINT[]",
    },
    # Comments with text of all places, counted: by topic and its sentiment, and once more with
    # topic −1 as a whole, by their own (NULL where there is none). `month` is the first day, or
    # NULL. By place there would be more rows than comments.
    "rollup": {
        "upload": "INTEGER",
        "month": "DATE",
        "kind": "TINYINT",
        "topic": "SMALLINT",
        "sentiment": "TINYINT",
        "comment_count": "BIGINT",
    },
}
TABLES: tuple[TableName, ...] = tuple(COLUMNS)
# Made of the other two, so that they can be made again.
DERIVED: tuple[TableName, ...] = ("facts", "rollup")

# How the store writes the sentiment of a topic.
SENTIMENT_CODES: dict[TopicSentiment, int] = {"positive": 1, "neutral": 0, "negative": -1}

# Of what the Delta log may keep the least and greatest value: the log outlives the files, so no
# text and no id of a person belongs there.
STATISTICS: dict[TableName, tuple[str, ...]] = {
    "comments": ("comment_key", "upload", "date"),
    "readings": ("comment_key", "upload"),
    "facts": ("comment_key", "upload", "date"),
    "rollup": ("upload", "month"),
}

# Readings are looked up by key, and in small groups they are quick to find.
ROWS_A_GROUP: dict[TableName, int] = {
    "comments": 122_880,
    "readings": 2_048,
    "facts": 122_880,
    "rollup": 122_880,
}

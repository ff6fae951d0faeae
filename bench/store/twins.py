"""What the other contenders are given: the facts of the store as plain files, and its names.

They get our numbers for places, people and the like, so that none has to compare strings.
"""

from pathlib import Path

import duckdb

from yousaid.duck import sql_for_files
from yousaid.store.app import begin
from yousaid.store.layout import open_store
from yousaid.store.names import Names, read_names
from yousaid.store.schema import COLUMNS, TableName
from yousaid.store.state import get_paths, get_state

ANSWERS, MENTIONS = "answers.parquet", "mentions.parquet"


def write_plain(folder: Path, to: Path) -> None:
    """Two files: the answers, `number` being the place of each, and the topics in them."""
    store = open_store(folder)
    state = get_state(store)

    def relation(table: TableName) -> str:
        return sql_for_files(get_paths(store, state, table), COLUMNS[table])

    to.mkdir(exist_ok=True)
    with duckdb.connect() as duck:
        duck.execute(f"""
            COPY (SELECT row_number() OVER (ORDER BY comment_key) - 1 AS number, comment_id, text,
                    response_key = comment_key AS is_first,
                    coalesce(year(date) * 100 + month(date), 0) AS month,
                    facts.* EXCLUDE (model_id, language_id)
                FROM {relation("facts")} AS facts
                    JOIN (SELECT comment_key, comment_id, text FROM {relation("comments")})
                    USING (comment_key)
                ORDER BY comment_key)
            TO '{to / ANSWERS}' (FORMAT parquet)""")
        duck.execute(f"""
            COPY (SELECT number, month, (mention // 3)::TINYINT AS topic,
                    (mention % 3 - 1)::TINYINT AS sign
                FROM (SELECT number, month, unnest(mentions) AS mention
                    FROM read_parquet('{to / ANSWERS}'))
                ORDER BY number)
            TO '{to / MENTIONS}' (FORMAT parquet)""")


def read_names_of(folder: Path) -> Names:
    with begin(open_store(folder).database) as app:
        return read_names(app)

"""A folder of parts for the tests: comments with columns of several types, a number a row."""

from pathlib import Path

import duckdb

COMMENTS = (
    *("The food was cold", None, "Nothing", "  ", "Did not answer", "Kind nurses"),
    *("lovely nurses, but no parking at all", "Personel był bardzo miły i pomocny", "=1+1 ok"),
)


def write_part(path: Path, row_count: int, first: int = 0) -> None:
    """A part of so many rows, numbered from `first`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as duck:
        duck.execute("CREATE TABLE wording AS SELECT unnest(?::VARCHAR[]) AS said", [COMMENTS])
        duck.execute(
            """
            COPY (
                SELECT n AS number, (n % 200)::UTINYINT AS small, n::DECIMAL(12, 3) AS price,
                    uuid() AS id, make_timestamp(n) AS said_at, [n, NULL] AS several,
                    {'a': n, 'b': 'x'} AS pair, MAP {'age': 'old'} AS person, 'b'::BLOB AS scan,
                    (SELECT said FROM wording WHERE rowid = n % 9) || CASE WHEN n < 9 THEN ''
                        ELSE ' ' || n END AS comment,
                    CASE WHEN n % 2 = 0 THEN 'What was good?' ELSE 'could_improve' END AS question
                FROM (SELECT ? + range AS n FROM range(?)) ORDER BY n
            ) TO $path (FORMAT parquet)
            """.replace("$path", "'" + str(path).replace("'", "''") + "'"),
            [first, row_count],
        )


def get_rows(path: Path, columns: str = "*") -> list[tuple[object, ...]]:
    with duckdb.connect() as duck:
        return duck.sql(f"SELECT {columns} FROM read_parquet(?)", params=[str(path)]).fetchall()


def get_types(path: Path) -> dict[str, str]:
    with duckdb.connect() as duck:
        found = duck.sql("SELECT * FROM read_parquet(?)", params=[str(path)])
        return dict(zip(found.columns, map(str, found.types), strict=True))

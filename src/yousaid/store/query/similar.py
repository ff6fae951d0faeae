# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Comments that say much the same as one, by the vectors of their readings."""

from collections.abc import Sequence

from yousaid.records import Scope
from yousaid.store.answers import SimilarComments
from yousaid.store.filter import EVERYTHING, Filter
from yousaid.store.lookup import get_read_comments
from yousaid.store.query.comments import find_key
from yousaid.store.query.select import Selection, select
from yousaid.store.snapshot import Snapshot
from yousaid.store.vectors import find_nearest, make_signs

# How many of the nearest by signs are compared in full: see `vectors.py`.
CANDIDATE_COUNT = 400


def get_similar(
    scope: Scope, snapshot: Snapshot, chosen: Filter, comment_id: str, *, count: int
) -> SimilarComments | None:
    """The comments that match and are most like one, which itself is left out.

    Other answers with its very words count as alike. None where there is no such comment in scope.
    """
    with select(scope, snapshot, EVERYTHING) as everything:
        key = find_key(everything, comment_id)
        found = [] if key is None else _get_vectors(everything, [key])
    if key is None or not found:
        return None
    [(_, vector, model_id)] = found
    if not vector:
        return SimilarComments(False, (), ())
    with select(scope, snapshot, chosen) as selected:
        candidates = _get_vectors(selected, _find_candidates(selected, key, vector, model_id))
    nearest = find_nearest(vector, [other for _, other, _ in candidates], count)
    keys = [candidates[one.place][0] for one in nearest]
    comments = get_read_comments(snapshot, keys)
    return SimilarComments(True, tuple(comments), tuple(one.likeness for one in nearest))


def _get_vectors(selected: Selection, keys: Sequence[int]) -> list[tuple[int, bytes, int]]:
    if not keys:
        return []
    # Written out, the keys tell DuckDB which groups of rows it need not open.
    marks = ", ".join("?" * len(keys))
    readings = selected.snapshot.relation_over("readings")
    sql = f"""
        SELECT comment_key, vector, model_id
        FROM (SELECT comment_key, vector FROM {readings} WHERE comment_key IN ({marks}))
            JOIN selected USING (comment_key)
        WHERE has_text ORDER BY comment_key"""
    return selected.ask(sql, keys)


def _find_candidates(selected: Selection, key: int, vector: bytes, model_id: int) -> Sequence[int]:
    signs = make_signs(vector)
    # A count of bits is a TINYINT, which the sum of six can overflow.
    distance = " + ".join(
        f"bit_count(xor(vector_signs[{place}], ?::BIGINT))::SMALLINT"
        for place in range(1, len(signs) + 1)
    )
    readings = selected.snapshot.relation_over("readings")
    # Distances first: the lists of signs are much to carry through a join. Vectors of other models
    # point elsewhere, and mean nothing beside this one.
    sql = f"""
        SELECT comment_key
        FROM (SELECT comment_key, {distance} AS distance FROM {readings}
                WHERE len(vector_signs) = ?)
            JOIN (SELECT comment_key FROM selected
                WHERE has_text AND model_id = ? AND comment_key <> ?) USING (comment_key)
        ORDER BY distance, comment_key LIMIT ?"""
    values = [*signs, len(signs), model_id, key, CANDIDATE_COUNT]
    return [found for (found,) in selected.ask(sql, values)]

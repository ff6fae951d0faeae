"""Ratings and reviews of the NHS website, as its API answers: {"comments": [{"comment": {…}}]}."""

from yousaid.ingest.connectors import Piece, get_text, join_title

NAME = "NHS.uk"


def connect(document: object) -> list[Piece] | None:
    """The reviews of an answer, but for those that were removed; None if it is no such answer."""
    entries = document.get("comments") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not entries:
        return None
    reviews = [entry.get("comment") if isinstance(entry, dict) else None for entry in entries]
    if not all(isinstance(review, dict) and "commentText" in review for review in reviews):
        return None
    return [
        Piece(
            get_text(review, "commentId", "commentRef"),
            get_text(review, "dateSubmitted"),
            tuple(filter(None, (get_text(review, "odsCode"), get_text(review, "department")))),
            join_title(review.get("title"), review.get("commentText")),
        )
        for review in reviews
        if isinstance(review, dict) and get_text(review, "status").lower() != "removed"
    ]

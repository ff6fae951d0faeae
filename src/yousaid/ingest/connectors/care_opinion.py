"""Stories of Care Opinion, as version 2 of its API answers: a list of opinions, or one of them."""

from yousaid.ingest.connectors import Piece, get_text, join_title

NAME = "Care Opinion"


def connect(document: object) -> list[Piece] | None:
    """The stories of an answer; None if it is no such answer."""
    if isinstance(document, dict) and isinstance(document.get("opinions"), list):
        document = document["opinions"]
    stories = document if isinstance(document, list) else [document]
    if not stories or not all(map(_is_story, stories)):
        return None
    return [
        Piece(
            get_text(story, "id"),
            get_text(story, "dateOfSubmission", "dateOfPublication"),
            _list_places(story),
            join_title(story["title"], story["body"]),
        )
        for story in stories
        if isinstance(story, dict)
    ]


def _is_story(story: object) -> bool:
    return (
        isinstance(story, dict)
        and {"id", "title", "body"} <= story.keys()
        and bool({"dateOfSubmission", "dateOfPublication"} & story.keys())
    )


def _list_places(story: dict[str, object]) -> tuple[str, ...]:
    """The first service that a story is about; its others would count the story again."""
    services = story.get("healthServices", story.get("healthservices"))
    first = services[0] if isinstance(services, list) and services else None
    name = get_text(first, "name", "id")
    return (name,) if name else ()

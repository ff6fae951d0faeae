"""A place as one text: in an address, and as the store keeps it."""

from urllib.parse import unquote


def write_place(place: tuple[str, ...]) -> str:
    """A place as one word of an address: “/” between levels, escaped where a name holds one."""
    # A level without a name is a lone “%”, which escaping never leaves behind.
    return "/".join(
        level.replace("%", "%25").replace("/", "%2F") if level else "%" for level in place
    )


def read_place(written: str) -> tuple[str, ...]:
    """The place that `write_place` wrote."""
    return tuple("" if level == "%" else unquote(level) for level in written.split("/"))


def write_unit_path(unit: tuple[str, ...]) -> str:
    """A place closed by “/”, so that whatever begins with it is that place or lies below it."""
    return f"{write_place(unit)}/"


def read_unit_path(written: str) -> tuple[str, ...]:
    """The place that `write_unit_path` wrote."""
    return () if written == "/" else read_place(written[:-1])

"""What is said once for a whole machine, in its environment; read at the edge and passed in."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """`database` is the address of a PostgreSQL app database (YOUSAID_DATABASE), `index_folder`
    where this machine keeps search indexes (YOUSAID_INDEX); None leaves both in the store's
    folder."""

    database: str | None = field(default=None, repr=False)
    index_folder: Path | None = None


# Everything in the store's folder.
LOCAL = Settings()


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this machine; an empty one is none."""
    index_folder = environment.get("YOUSAID_INDEX")
    return Settings(
        environment.get("YOUSAID_DATABASE") or None, Path(index_folder) if index_folder else None
    )

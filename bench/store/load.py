"""The bench's store: made upload by upload through `add_files`, and weighed."""

import os
import resource
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generate import Generator

from yousaid.frameworks import get_framework
from yousaid.store.layout import Store, create_store, open_store
from yousaid.store.schema import TABLES
from yousaid.store.snapshot import open_snapshot
from yousaid.store.write import add_files

NOW = datetime(2025, 4, 1, tzinfo=UTC)
Figures = dict[str, Any]


def make_store(folder: Path, row_count: int) -> Figures:
    """A store of about so many answers in a folder, and how long that took."""
    work = folder.with_name(f"{folder.name}.work")
    for place in (folder, work):
        shutil.rmtree(place, ignore_errors=True)
    work.mkdir(parents=True)
    store = create_store(folder)
    generator = Generator(row_count)
    seconds_making = 0.0
    uploads: list[Figures] = []
    start = time.perf_counter()
    for number, parts in enumerate(generator.write_uploads(work), start=1):
        made = time.perf_counter()
        seconds_making += made - start
        rows = sum(part.row_count for part in parts)
        add_files(
            store,
            f"upload {number}.parquet",
            [part.comments for part in parts],
            [part.readings for part in parts],
            now=NOW,
            framework_version=get_framework().version,
        )
        start = time.perf_counter()
        uploads.append({"rows": rows, "seconds": start - made})
        for part in parts:
            part.comments.unlink()
            part.readings.unlink()
    shutil.rmtree(work)
    count = sum(upload["rows"] for upload in uploads)
    seconds = sum(upload["seconds"] for upload in uploads)
    return {
        "row_count": count,
        "seconds_generating": seconds_making,
        "seconds_loading": seconds,
        "uploads": uploads,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "disk": weigh(store, count),
    }


def weigh(store: Store, row_count: int) -> Figures:
    """Bytes an answer, by part of the folder."""
    sizes: dict[str, int] = {
        table: sum(
            file.stat().st_size for file in store.get_table_path(table).rglob("*") if file.is_file()
        )
        for table in TABLES
    }
    sizes["search"] = os.path.getsize(store.search_path)
    sizes["app"] = os.path.getsize(store.folder / "app.sqlite")
    return {name: size / row_count for name, size in sizes.items()}


def time_index(folder: Path) -> Figures:
    """How long the search index takes to make anew, as after a backup was restored."""
    store = open_store(folder)
    for file in store.folder.glob("search.sqlite*"):
        file.unlink()
    start = time.perf_counter()
    with open_snapshot(store) as snapshot:
        assert snapshot.search
    return {"seconds": time.perf_counter() - start}

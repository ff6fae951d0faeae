"""Reading the comments of a store again: the model's work first, one write at the end."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from yousaid.model.batches import AT_ONCE
from yousaid.model.reader import Reader
from yousaid.store.layout import Store
from yousaid.store.lock import hold_folder
from yousaid.store.reread import get_answers, replace_readings, write_readings

Progress = Callable[[int], None]


def reread_store(
    store: Store, reader: Reader, *, now: datetime, progress: Progress = lambda _: None
) -> int:
    """Read every comment of a store with this reader and put the readings in place, all at once;
    how many there are. People go on using the store until then and after.

    Raises StoreError or OutputError as `add_upload` does; the readings are then as they were.
    """
    # Beside the store, where there is room; readings say what comments are about, so nobody else
    # may look into it.
    with hold_folder(store) as working:
        paths: list[Path] = []
        for batch in get_answers(store, AT_ONCE):
            texts, kinds = [text for *_, text in batch], [kind for _, kind, _ in batch]
            path = working / f"{len(paths)}.parquet"
            write_readings(path, [key for key, *_ in batch], reader.read(texts, kinds))
            paths.append(path)
            progress(len(batch))
        return replace_readings(store, paths, now=now)

"""A process that has asked a store something ends well, whatever goes on behind it."""

import subprocess
import sys

from tests.unit.store.stores import add_sample
from yousaid.store import snapshot
from yousaid.store.layout import create_store
from yousaid.store.snapshot import open_snapshot

ASK = """
import sys
from pathlib import Path
from yousaid.store import snapshot
from yousaid.store.layout import open_store

snapshot._ROWS_FOR_THREADS = -1
snapshot._SECONDS_TO_COMPRESSION = float(sys.argv[2])
with snapshot.open_snapshot(open_store(Path(sys.argv[1]))) as asked:
    print(asked.ask("SELECT count(*) FROM facts")[0][0])
"""


def test_nothing_is_left_to_complain_of(tmp_path):
    store = create_store(tmp_path / "feedback")
    add_sample(store, 0, 10)
    for seconds in ("0", "60"):
        command = [sys.executable, "-c", ASK, str(store.folder), seconds]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert (done.returncode, done.stderr) == (0, "")
        assert int(done.stdout) > 0


def test_the_end_waits_for_what_goes_on_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot, "_ROWS_FOR_THREADS", -1)
    store = create_store(tmp_path / "feedback")
    add_sample(store, 0, 10)
    for seconds in (0, 60):
        monkeypatch.setattr(snapshot, "_SECONDS_TO_COMPRESSION", seconds)
        snapshot.forget_stores()
        with open_snapshot(store):
            pass
        begun = list(snapshot._behind)
        snapshot._end()
        assert not any(timer.is_alive() for timer in begun)

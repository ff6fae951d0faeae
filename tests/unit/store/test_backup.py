import io
import json
import stat
import tarfile
import threading

import pytest

from tests.unit.store.stores import NOW, add_sample, describe_rows, get_all
from yousaid.errors import InputError, OutputError, StoreError
from yousaid.records import EVERYWHERE, Correction
from yousaid.store.backup import back_up
from yousaid.store.beside import make_beside
from yousaid.store.check import find_faults
from yousaid.store.entries import correct
from yousaid.store.layout import create_store
from yousaid.store.restore import restore
from yousaid.store.state import store_version
from yousaid.store.write import undo_upload


@pytest.fixture
def store(tmp_path):
    store = create_store(tmp_path / "feedback")
    for number in (1, 2, 3):
        add_sample(store, number)
    undo_upload(store, "2", now=NOW)
    first = get_all(store)[0].comment.comment_id
    correct(EVERYWHERE, store, first, Correction(sentiment=5), made_by="x", now=NOW)
    return store


def test_restore_gives_back_what_was_there(store, tmp_path):
    size = back_up(store, tmp_path / "x.tar")
    again = restore(tmp_path / "x.tar", tmp_path / "again", now=NOW)
    assert size == (tmp_path / "x.tar").stat().st_size
    assert get_all(again) == get_all(store)
    assert describe_rows(again)[0] == describe_rows(store)[0]
    assert find_faults(again) == []
    assert add_sample(again, 4) == "4"


def test_a_restored_store_is_another(store, tmp_path):
    back_up(store, tmp_path / "x.tar")
    again = restore(tmp_path / "x.tar", tmp_path / "again", now=NOW)
    assert store_version(again)[:8] != store_version(store)[:8]


def test_a_backup_is_for_its_owner_only(store, tmp_path):
    back_up(store, tmp_path / "x.tar")
    again = restore(tmp_path / "x.tar", tmp_path / "again", now=NOW)
    assert stat.S_IMODE((tmp_path / "x.tar").stat().st_mode) == 0o600
    assert stat.S_IMODE(again.folder.stat().st_mode) == 0o700


def test_an_empty_store_can_be_backed_up(tmp_path):
    back_up(create_store(tmp_path / "empty"), tmp_path / "x.tar")
    again = restore(tmp_path / "x.tar", tmp_path / "again", now=NOW)
    assert get_all(again) == ()
    add_sample(again, 1)


def test_backups_while_others_write_are_each_of_one_moment(tmp_path):
    store = create_store(tmp_path / "feedback")
    done = threading.Event()

    def write():
        for number in range(8):
            add_sample(store, number, 10)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    made = []
    while not done.is_set():
        made.append(tmp_path / f"{len(made)}.tar")
        back_up(store, made[-1])
    writer.join()
    for path in made:
        again = restore(path, path.with_suffix(""), now=NOW)
        assert find_faults(again) == []
        responses = {c.comment.response_id for c in get_all(again)}
        assert {r.split(":")[0] for r in responses} == {str(n) for n in range(len(uploads(again)))}


def uploads(store):
    from tests.unit.store.stores import ask
    from yousaid.store.query import get_uploads

    return ask(store, get_uploads)


def test_back_up_over_another_file_is_refused(store, tmp_path):
    (tmp_path / "x.tar").write_bytes(b"precious")
    with pytest.raises(OutputError, match="is there already"):
        back_up(store, tmp_path / "x.tar")
    assert (tmp_path / "x.tar").read_bytes() == b"precious"


def test_back_up_where_nobody_can_write_leaves_nothing(store, tmp_path):
    with pytest.raises(OutputError, match="could not be written"):
        back_up(store, tmp_path / "nowhere" / "x.tar")
    assert not (tmp_path / "nowhere").exists()


def test_restore_among_other_files_is_refused(store, tmp_path):
    back_up(store, tmp_path / "x.tar")
    with pytest.raises(StoreError, match="not empty"):
        restore(tmp_path / "x.tar", tmp_path, now=NOW)
    with pytest.raises(StoreError, match="holds a store already"):
        restore(tmp_path / "x.tar", store.folder, now=NOW)


@pytest.mark.parametrize("at", [0, 600, 5000, -2000, -30000])
def test_restore_of_a_damaged_backup_is_refused(store, tmp_path, at):
    path = tmp_path / "x.tar"
    back_up(store, path)
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.write_bytes(content)
    try:
        again = restore(path, tmp_path / "again", now=NOW)
    except InputError:
        assert not (tmp_path / "again").exists()
        assert {entry.name for entry in tmp_path.iterdir()} == {"feedback", "x.tar"}
    else:
        # The byte was one of the padding between files.
        assert get_all(again) == get_all(store)


def test_restore_of_a_cut_backup_is_refused(store, tmp_path):
    path = tmp_path / "x.tar"
    back_up(store, path)
    content = path.read_bytes()
    for share in (0, 0.1, 0.5, 0.9):
        path.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(InputError):
            restore(path, tmp_path / "again", now=NOW)
        assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "comments/../../evil", "evil", "comments/_delta_log/../x"]
)
def test_restore_writes_nowhere_else(tmp_path, name):
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = 4
        archive.addfile(entry, io.BytesIO(b"evil"))
    with pytest.raises(InputError, match="no backup made by yousaid"):
        restore(tmp_path / "x.tar", tmp_path / "again", now=NOW)
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.tar"]


def test_restore_follows_no_link(tmp_path):
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        entry = tarfile.TarInfo("comments/x")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)
    with pytest.raises(InputError, match="no backup made by yousaid"):
        restore(tmp_path / "x.tar", tmp_path / "again", now=NOW)


def test_restore_of_another_layout_is_refused(tmp_path):
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        written = json.dumps({"layout_version": 99, "sha256": {}}).encode()
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(written)
        archive.addfile(entry, io.BytesIO(written))
    with pytest.raises(InputError, match="of another version of yousaid"):
        restore(tmp_path / "x.tar", tmp_path / "again", now=NOW)


def test_neither_touches_what_is_others(store, tmp_path):
    for name in ("x.tar.part", ".x.tar.unfinished"):
        (tmp_path / name).write_bytes(b"precious")
    (tmp_path / "again.part").mkdir()
    (tmp_path / "again.part" / "own.txt").write_bytes(b"precious")
    back_up(store, tmp_path / "x.tar")
    restore(tmp_path / "x.tar", tmp_path / "again", now=NOW)
    for name in ("x.tar.part", ".x.tar.unfinished", "again.part/own.txt"):
        assert (tmp_path / name).read_bytes() == b"precious"


def test_what_a_killed_restore_left_goes_with_the_next(store, tmp_path):
    back_up(store, tmp_path / "x.tar")
    left = f".again.{'0' * 32}.unfinished"
    (tmp_path / left).mkdir()
    (tmp_path / left / "comments").write_bytes(b"words")
    (tmp_path / f"{left}-lock").touch()
    restore(tmp_path / "x.tar", tmp_path / "again", now=NOW)
    assert not list(tmp_path.glob(".again*"))


def test_two_makers_of_one_place_do_not_meet(tmp_path):
    with make_beside(tmp_path / "x") as one, make_beside(tmp_path / "x") as other:
        one.write_bytes(b"one")
        other.mkdir()
        with make_beside(tmp_path / "x"):
            assert one.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == []


def test_back_up_into_the_store_itself_is_refused(store):
    with pytest.raises(OutputError, match="within the store"):
        back_up(store, store.folder / "x.tar")

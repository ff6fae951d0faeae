"""The app database on a real PostgreSQL, started here where its programs are installed."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from tests.unit.store.stores import NOW, add_sample, ask, count_responses, describe_rows, get_all
from yousaid.errors import InputError, OutputError, StoreError
from yousaid.records import EVERYWHERE, Correction
from yousaid.store import filelock, lock
from yousaid.store.app import begin
from yousaid.store.backup import back_up
from yousaid.store.check import find_faults
from yousaid.store.entries import correct
from yousaid.store.erase import erase_response
from yousaid.store.layout import create_store, open_store
from yousaid.store.query import get_uploads
from yousaid.store.restore import restore
from yousaid.store.write import undo_upload, writing


def find_programs():
    """The folder of initdb and postgres; None where they, or a user to run them, are missing."""
    found = shutil.which("initdb") or next(
        map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), None
    )
    if found is None or (os.geteuid() == 0 and not has_user()):
        return None
    return Path(found).parent


def has_user():
    try:
        return bool(pwd.getpwnam("postgres"))
    except KeyError:
        return False


PROGRAMS = find_programs()
pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL is not installed")


def run_as_user(*command):
    # PostgreSQL refuses to be run by root.
    user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    subprocess.run(command, check=True, capture_output=True, cwd="/", **user)


def find_free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def server():
    """The address of a server of our own, without a database at the end."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    port = find_free_port()
    run_as_user(PROGRAMS / "initdb", "-D", folder / "data", "-U", "yousaid", "--auth=trust")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    control = (PROGRAMS / "pg_ctl", "-D", folder / "data", "-w")
    run_as_user(*control, "-l", folder / "log", "-o", options, "start")
    engines = set()

    def note(connection):
        engines.add(connection.engine)

    event.listen(Engine, "engine_connect", note)
    try:
        yield f"postgresql+psycopg://yousaid@127.0.0.1:{port}"
    finally:
        event.remove(Engine, "engine_connect", note)
        for engine in engines:
            engine.dispose()
        run_as_user(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture
def database(server, request):
    """The address of an empty database."""
    from sqlalchemy import text

    from yousaid.store.app import get_engine

    name = f"test_{abs(hash(request.node.nodeid))}"
    with get_engine(f"{server}/postgres").connect() as admin:
        admin.execution_options(isolation_level="AUTOCOMMIT")
        admin.execute(text(f"CREATE DATABASE {name}"))
    return f"{server}/{name}"


@pytest.fixture
def store(database, tmp_path):
    return create_store(tmp_path / "feedback", database=database)


def test_a_store_on_postgresql_answers_as_one_on_sqlite(store, tmp_path):
    other = create_store(tmp_path / "other")
    for one in (store, other):
        for number in (1, 2, 3):
            add_sample(one, number)
        undo_upload(one, "2", now=NOW)
        said = Correction(sentiment=5, urgent=True)
        first = get_all(one)[0].comment
        correct(EVERYWHERE, one, first.comment_id, said, made_by="x", now=NOW)
        erase_response(one, get_all(one)[9].comment.response_id, now=NOW)
    assert get_all(store) == get_all(other)
    assert describe_rows(store) == describe_rows(other)
    assert find_faults(store) == []
    assert not (store.folder / "app.sqlite").exists()


def test_several_machines_share_a_store(store, database, tmp_path):
    """Each has a search index of its own, which catches up with what the others wrote."""
    other = open_store(store.folder, database=database, index_folder=tmp_path / "index")
    add_sample(store, 1)
    assert get_all(other) == get_all(store)
    add_sample(other, 2)
    undo_upload(store, "1", now=NOW)
    assert get_all(other) == get_all(store)
    assert count_responses(store) == 30


def test_a_reader_waits_for_no_writer_on_another_machine(store, database, tmp_path):
    other = open_store(store.folder, database=database, index_folder=tmp_path / "index")
    add_sample(store, 1)
    with lock.lock_writers(store):
        assert len(get_all(other)) == len(get_all(store))


def test_writers_take_turns(store):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: add_sample(store, number, 5), range(6)))
    assert len(ask(store, get_uploads)) == 6
    assert count_responses(store) == 30


def test_a_writer_that_waits_long_is_told_to_try_again(store, monkeypatch):
    monkeypatch.setattr(filelock, "LOCK_WAIT_SECONDS", 0.1)
    held, done = threading.Event(), threading.Event()

    def hold():
        with lock.lock_writers(store):
            held.set()
            done.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    with pytest.raises(StoreError, match="Another program is writing"):
        add_sample(store, 1)
    done.set()
    holder.join()
    add_sample(store, 1)


def test_a_backup_moves_a_store_to_postgresql_and_back(store, database, tmp_path):
    other = create_store(tmp_path / "other")
    add_sample(other, 1)
    back_up(other, tmp_path / "x.tar")
    with pytest.raises(InputError, match="holds a store already"):
        restore(tmp_path / "x.tar", tmp_path / "again", now=NOW, database=database)
    add_sample(store, 2)
    back_up(store, tmp_path / "y.tar")
    assert get_all(restore(tmp_path / "y.tar", tmp_path / "back", now=NOW)) == get_all(store)


def test_a_backup_is_restored_into_an_empty_database(database, tmp_path):
    other = create_store(tmp_path / "other")
    add_sample(other, 1)
    back_up(other, tmp_path / "x.tar")
    again = restore(tmp_path / "x.tar", tmp_path / "again", now=NOW, database=database)
    assert get_all(again) == get_all(other)
    assert not (again.folder / "app.sqlite").exists()


def test_a_store_needs_its_own_database(store, server, tmp_path):
    with pytest.raises(StoreError, match="Set YOUSAID_DATABASE"):
        open_store(store.folder)
    local = create_store(tmp_path / "local")
    with pytest.raises(StoreError, match="Unset YOUSAID_DATABASE"):
        open_store(local.folder, database=f"{server}/postgres")
    with pytest.raises(StoreError, match="cannot be read"):
        open_store(store.folder, database=f"{server}/nowhere")


def test_a_second_store_in_one_database_is_refused(store, database, tmp_path):
    with pytest.raises(StoreError, match="holds another store already"):
        create_store(tmp_path / "second", database=database)


def test_the_folder_of_another_store_is_refused(store, database, tmp_path):
    shutil.copytree(store.folder, tmp_path / "copy")
    (tmp_path / "copy" / "shared").write_text("0123\n", encoding="utf-8")
    with pytest.raises(StoreError, match="of two different stores"):
        open_store(tmp_path / "copy", database=database)


@pytest.mark.parametrize("address", ["postgres", "postgresql+psycopg://me:secret@127.0.0.1:1/x"])
def test_no_error_says_the_address(tmp_path, address):
    with pytest.raises((StoreError, OutputError)) as caught:
        create_store(tmp_path / "feedback", database=address)
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(caught.value)


def end_connections(server):
    from sqlalchemy import text

    from yousaid.store.app import get_engine

    with get_engine(f"{server}/postgres").connect() as admin:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'"
        admin.execute(text(ended))


def write_while_connections_end(store, server):
    with writing(store, NOW, "Nothing") as work:
        end_connections(server)
        with begin(store.database) as app:
            work.commit(app, "upkeep")


def test_a_lock_that_is_lost_while_writing_is_noticed(store, server):
    """Another may have begun to write since, and removed what this one wrote."""
    add_sample(store, 1)
    before = describe_rows(store)
    with pytest.raises(StoreError, match="was lost while writing"):
        write_while_connections_end(store, server)
    assert describe_rows(store) == before
    add_sample(store, 2)
    assert find_faults(store) == []


def test_a_write_holds_no_transaction_open(store, server):
    """Servers may end those that lie idle, and cannot tidy up behind them."""
    from sqlalchemy import text

    from yousaid.store.app import get_engine

    with writing(store, NOW, "Nothing"), get_engine(f"{server}/postgres").connect() as admin:
        idle = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
        assert admin.execute(text(idle)).scalar_one() == 0


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.unit.store.stores import add_sample
from yousaid.store import write
from yousaid.store.layout import open_store
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(write, sys.argv[3], die)
add_sample(open_store(Path(sys.argv[1]), database=sys.argv[2]), 2)
"""


@pytest.mark.parametrize("step", ["stage_facts", "index_new", "commit"])
def test_a_killed_writer_leaves_no_lock_and_nothing_else(store, database, step):
    add_sample(store, 1)
    before = describe_rows(store)
    command = [sys.executable, "-c", KILLED, store.folder, database, step]
    assert subprocess.run(command).returncode == -9
    assert describe_rows(store) == before
    add_sample(store, 3)
    assert len(ask(store, get_uploads)) == 2
    assert find_faults(store) == []

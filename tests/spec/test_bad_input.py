"""Whatever is wrong is said in one line, with exit code 2, and nothing is written."""

import socket
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.spec.conftest import Run
from yousaid.errors import OutputError

Make = Callable[[Path], Path]


def _file(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _book(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["Comment"])
    book.active.append(["The food was cold and the tea was late"])
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


NUMBERS = b"a,b\n" + b"1,2\n" * 20
WIDE = ",".join(f"c{n}" for n in range(200)).encode() + b"\n" + b",".join([b"7"] * 200) + b"\n"

BAD_FILES = {
    "missing": (lambda folder: folder / "none.csv", "none.csv"),
    "empty": (_file("empty.csv", b""), "empty.csv"),
    "renamed": (_file("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40), "photo.csv"),
    "no text column": (_file("numbers.csv", NUMBERS), "numbers.csv"),
    "200 columns": (_file("wide.csv", WIDE), "wide.csv"),
    "long line": (_file("long.csv", b"Comment\n" + b"a" * 100_000_000), "long.csv"),
    "a folder": (lambda folder: folder, "folder"),
    "other ending": (_file("comments.doc", b"Comment\nx\n"), "comments.doc"),
}


@pytest.mark.parametrize("case", BAD_FILES)
@pytest.mark.parametrize("command", ["classify", "load"])
def test_bad_file_is_one_line(run: Run, tmp_path: Path, case: str, command: str) -> None:
    make, says = BAD_FILES[case]
    (tmp_path / "in").mkdir()
    target = tmp_path / "out"
    where = ("-o", tmp_path / "out.csv") if command == "classify" else ("--into", target)
    ran = run(command, make(tmp_path / "in"), *where)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert says in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]


@pytest.mark.parametrize("command", ["classify", "inspect", "load"])
def test_wrong_sheet_names_the_sheets(run: Run, tmp_path: Path, command: str) -> None:
    where = ("--into", tmp_path / "store") if command == "load" else ()
    ran = run(command, _book(tmp_path), "--sheet", "Nowhere", *where)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "Sheet" in ran.err
    assert not (tmp_path / "store").exists()


def test_load_of_blank_rows_only(run: Run, tmp_path: Path) -> None:
    path = _file("blank.csv", b"What was good?,Ward\n,\n,\n")(tmp_path)
    ran = run("load", path, "--into", tmp_path / "store")
    assert (ran.code, "no responses" in ran.err) == (2, True)
    assert not (tmp_path / "store").exists()


def test_load_into_what_cannot_be_a_store_is_told_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for target in (tmp_path / "file", tmp_path / "file" / "store", tmp_path):
        ran = run("load", _book(tmp_path), "--into", target)
        assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert (tmp_path / "file").read_text() == "in the way"


def test_load_that_fails_late_leaves_no_store(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise OutputError("the disk is full")

    monkeypatch.setattr("yousaid.store.write.add_files", refuse)
    (tmp_path / "empty").mkdir()
    for target in (tmp_path / "new", tmp_path / "empty"):
        assert run("load", _book(tmp_path), "--into", target).code == 2
    assert not (tmp_path / "new").exists()
    assert not list((tmp_path / "empty").iterdir())


def test_wrong_column_names_the_columns(run: Run, tmp_path: Path) -> None:
    ran = run("classify", _book(tmp_path), "--text", "Coment")
    assert ran.code == 2
    assert "“Comment”" in ran.err


def test_column_that_would_be_added_is_there(run: Run, tmp_path: Path) -> None:
    path = _file("again.csv", b"Comment,topics\nThe food was cold,\n")(tmp_path)
    ran = run("classify", path, "--text", "Comment")
    assert (ran.code, "“topics”" in ran.err) == (2, True)


def test_unwritable_target(run: Run, tmp_path: Path) -> None:
    ran = run("classify", _book(tmp_path), "-o", tmp_path / "nowhere" / "out.csv")
    assert (ran.code, ran.err.count("\n")) == (2, 1)


def test_unknown_model(run: Run, tmp_path: Path) -> None:
    ran = run("classify", _book(tmp_path), "--model", "clever")
    assert ran.code == 2
    assert "fast" in ran.err


def test_serve_port_in_use(run: Run, tmp_path: Path) -> None:
    run("load", _book(tmp_path), "--into", tmp_path / "store")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = run("serve", tmp_path / "store", "--port", port)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert f"port {port}" in ran.err


def test_serve_what_is_no_store(run: Run, tmp_path: Path) -> None:
    ran = run("serve", tmp_path)
    assert ran.code == 2
    assert "not a yousaid store" in ran.err


def test_error_never_holds_a_comment(run: Run, tmp_path: Path) -> None:
    secret = "my husband John fell on the ward"
    content = f"Comment,Date\n{secret},31/31/2024\n{secret},x\n".encode()
    ran = run("load", _file("bad.csv", content)(tmp_path), "--into", tmp_path / "store")
    assert ran.code == 2
    assert "John" not in ran.err
    assert "row 2" in ran.err


def test_comments_named_as_questions_are_not_printed(run: Run, tmp_path: Path) -> None:
    rows = "".join(f"Nurse number {n} was unkind to me,x\n" for n in range(30))
    path = _file("both.csv", f"Comment,Other\n{rows}".encode())(tmp_path)
    same = run("classify", path, "--text", "Comment", "--question", "Comment")
    other = run("classify", path, "--text", "Other", "--question", "Comment")
    assert (same.code, other.code) == (2, 0)
    assert "unkind" not in same.err + other.err
    assert "30 wordings" in other.err


def test_workbook_is_not_written_over_itself(run: Run, tmp_path: Path) -> None:
    book = _book(tmp_path)
    before = book.read_bytes()
    assert run("classify", book, "-o", book).code == 2
    assert book.read_bytes() == before

"""From a file to a dashboard: what `load`, `inspect`, `serve` and `demo` promise."""

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.spec.conftest import Run
from yousaid.records import EVERYWHERE
from yousaid.sample import sample_path
from yousaid.store.answers import Totals
from yousaid.store.filter import Filter
from yousaid.store.layout import open_store
from yousaid.store.query import get_comments, get_topic_counts, get_totals
from yousaid.store.snapshot import open_snapshot

EVERYTHING = Filter()


@pytest.fixture(scope="module")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "store"
    command = [sys.executable, "-m", "yousaid", "load", str(sample_path()), "--into", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def count(folder: Path) -> Totals:
    with open_snapshot(open_store(folder)) as snapshot:
        return get_totals(EVERYWHERE, snapshot, EVERYTHING)


def test_load_counts_what_the_file_holds(sample_store: Path) -> None:
    totals = count(sample_store)
    lines = sample_path().read_text("utf-8").count("\n") - 1
    assert totals.response_count <= lines  # a comment may hold a line break
    assert (totals.response_count, totals.comment_count) == (3045, 4197)
    assert sum(totals.score_counts) + totals.unscored_count == totals.response_count


def test_load_reads_the_topics_that_were_asked_for(sample_store: Path) -> None:
    with open_snapshot(open_store(sample_store)) as snapshot:
        counts = get_topic_counts(EVERYWHERE, snapshot, EVERYTHING)
    found = {count.topic: count.comment_count for count in counts}
    assert min(found["parking"], found["food"], found["communication"]) >= 20


def test_load_remembers_the_map_that_was_said(run: Run, tmp_path: Path) -> None:
    for month in ("march", "april"):
        rows = f"When,Words\n02/03/2026,Kind nurses in {month}\n"
        (tmp_path / f"{month}.csv").write_text(rows)
    (tmp_path / "map.toml").write_text('[[texts]]\ncolumn = "Words"\nquestion = "Anything else?"\n')
    folder = tmp_path / "feedback"
    run("load", tmp_path / "march.csv", "--into", folder, "--map", tmp_path / "map.toml")
    ran = run("load", tmp_path / "april.csv", "--into", folder)
    assert (ran.code, "“Words”, answering “Anything else?”; no date" in ran.err) == (0, True)
    (tmp_path / "other.csv").write_text("Date,Comments\n02/03/2026,Long wait\n")
    ran = run("load", tmp_path / "other.csv", "--into", folder)
    assert "the date from “Date”" in ran.err


def test_a_dry_run_stores_nothing_and_lists_every_problem(run: Run, tmp_path: Path) -> None:
    (tmp_path / "march.csv").write_text(
        "Date,Comments\nsome day,Kind\n02/03/2026,Kind too\n31/02/2026,Kinder\n03/03/2026,Ok\n"
    )
    listed = tmp_path / "problems.csv"
    ran = run(
        "load", tmp_path / "march.csv", "--into", tmp_path / "feedback", "--dry-run",
        "--problems", listed,
    )  # fmt: skip
    assert ran.code == 0
    assert "nothing was stored. It holds responses 4, comments 4" in ran.err
    assert "Loading would stop" in ran.err
    assert not (tmp_path / "feedback").exists()
    rows = listed.read_text("utf-8").splitlines()
    assert rows[0] == "file,sheet,row,column,problem"
    assert [row.split(",")[2:4] for row in rows[1:]] == [["2", "Date"], ["4", "Date"]]
    assert "some day" not in listed.read_text("utf-8")
    ran = run("load", tmp_path / "march.csv", "--into", tmp_path / "x", "--problems", listed)
    assert (ran.code, "--dry-run" in ran.err) == (2, True)


def test_load_twice_is_refused(run: Run, sample_store: Path) -> None:
    before = count(sample_store)
    ran = run("load", sample_path(), "--into", sample_store)
    assert ran.code == 2
    assert "sample.csv holds nothing new: all of its 3,045 responses were brought in" in ran.err
    assert re.search(r"with “sample.csv” on \d+ \w+ \d{4}", ran.err)
    assert count(sample_store) == before


MARCH = ("Id,Date,Comments", "1,02/03/2026,Nothing", "2,03/03/2026,Nothing", "3,03/03/2026,Kind")


@pytest.mark.parametrize("with_ids", [True, False])
def test_an_export_that_overlaps_brings_in_what_is_new(
    run: Run, tmp_path: Path, with_ids: bool
) -> None:
    later = (*MARCH, "4,01/04/2026,Nothing", "5,02/04/2026,Long wait")
    for name, rows in (("march.csv", MARCH), ("april.csv", later)):
        kept = rows if with_ids else [row.partition(",")[2] for row in rows]
        (tmp_path / name).write_text("\n".join(kept))
    folder = tmp_path / "feedback"
    run("load", tmp_path / "march.csv", "--into", folder)
    ran = run("load", tmp_path / "april.csv", "--into", folder)
    assert ran.code == 0, ran.err
    assert "responses 2, comments 2, responses without a comment 0" in ran.err
    assert "Left out, as they were there already: responses 3." in ran.err
    assert count(folder).response_count == 5


def test_a_folder_is_an_upload_a_file(run: Run, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for month in (3, 4):
        (files / f"2026-0{month}.csv").write_text(
            f"Date,Comments\n02/0{month}/2026,Kind nurses\n03/0{month}/2026,Long wait\n"
        )
    (files / "2026-05.csv").write_text("Date,Comments\nsome day,Kind\n02/05/2026,Kinder\n")
    folder = tmp_path / "feedback"
    ran = run("load", files, "--into", folder)
    assert ran.code == 2
    assert "1 of 3 files were not brought in" in ran.err
    assert count(folder).response_count == 4
    (files / "2026-05.csv").write_text("Date,Comments\n01/05/2026,Kind\n02/05/2026,Kinder\n")
    ran = run("load", files, "--into", folder)
    assert ran.code == 0, ran.err
    assert ran.err.count("holds nothing new") == 2
    assert count(folder).response_count == 6


def test_other_languages_are_said_and_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "Date,Comments\n02/03/2026,The nurses were kind and patient with me\n02/03/2026,ok\n"
        "03/03/2026,Personel był bardzo miły i pomocny przez cały mój pobyt w szpitalu\n"
    )
    ran = run("load", tmp_path / "t.csv", "--into", tmp_path / "feedback")
    assert "Not in English, so brought in and not read: comments 1." in ran.err
    assert count(tmp_path / "feedback").comment_count == 3


def test_what_is_odd_about_a_file_is_said(run: Run, tmp_path: Path) -> None:
    rows = "".join(f"02/03/2026,{'x' * 160}\n" for _ in range(60))
    (tmp_path / "sms.csv").write_text(f"Date,Comments\n{rows}")
    ran = run("load", tmp_path / "sms.csv", "--into", tmp_path / "x", "--dry-run")
    assert "60 comments are exactly 160 characters long" in ran.err
    assert "All 60 responses have the same date" in ran.err


def test_numbers_that_begin_anew_lose_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "march.csv").write_text("\n".join(MARCH))
    (tmp_path / "april.csv").write_text("\n".join(MARCH).replace("/03/", "/04/"))
    folder = tmp_path / "feedback"
    run("load", tmp_path / "march.csv", "--into", folder)
    ran = run("load", tmp_path / "april.csv", "--into", folder)
    assert ran.code == 2
    assert "3 responses have the number of others, of another day" in ran.err
    assert count(folder).response_count == 3
    (tmp_path / "map.toml").write_text('date = "Date"\n[[texts]]\ncolumn = "Comments"\n')
    ran = run("load", tmp_path / "april.csv", "--into", folder, "--map", tmp_path / "map.toml")
    assert ran.code == 0
    assert count(folder).response_count == 6


def test_load_says_what_it_did(run: Run, tmp_path: Path) -> None:
    ran = run("load", sample_path(), "--into", tmp_path / "store")
    assert ran.code == 0
    assert "responses 3,045, comments 4,197" in ran.err
    assert "“Ward or clinic”" in ran.err


def test_inspect_writes_a_map_that_load_takes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(run("inspect", sample_path()).out, "utf-8")
    ran = run("load", sample_path(), "--into", tmp_path / "store", "--map", tmp_path / "map.toml")
    assert ran.code == 0
    assert open_store(tmp_path / "store")


def test_evidence_is_kept_with_the_comment(sample_store: Path) -> None:
    asked = Filter(topics=("parking",))
    with open_snapshot(open_store(sample_store)) as snapshot:
        page = get_comments(EVERYWHERE, snapshot, asked, order="newest", page=1, page_size=50)
    shown = [
        found.comment.text[span.start : span.end].lower()
        for found in page.comments
        for mention in found.reading.mentions
        if mention.topic == "parking"
        for span in mention.spans
    ]
    assert sum("park" in words for words in shown) > len(shown) / 3


@contextmanager
def _serving(*arguments: str, stop: signal.Signals = signal.SIGINT) -> Iterator[str]:
    """The address of a dashboard that runs in a process of its own, and ends well when stopped."""
    command = [sys.executable, "-m", "yousaid", *arguments, "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = ""
        for line in process.stderr:
            said += line
            if found := re.search(r"http://\S+", line):
                break
        try:
            assert found, said
            yield found[0]
        finally:
            process.send_signal(stop)
            # It says nothing more, and nothing of its libraries'.
            assert (process.wait(20), process.stderr.read()) == (0, "")


def _get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


def test_serve_opens_the_dashboard(sample_store: Path) -> None:
    with _serving("serve", str(sample_store)) as address:
        assert "3,045" in _get(address)
        assert "Parking" in _get(f"{address}comments?topic=parking")


def test_demo_opens_on_the_sample_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with _serving("demo", stop=signal.SIGTERM) as address:
        page = _get(address)
        assert "4,197" in page
        assert "every comment here are invented" in page
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


def test_load_says_what_was_left_blank(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "Comment,Date\nThe soup was cold and late,01/02/2026\nLovely nurses on nights,soon\n"
    )
    (tmp_path / "map.toml").write_text(
        'date = "Date"\non_bad_date = "blank"\n[[texts]]\ncolumn = "Comment"\n'
    )
    into = ("--into", tmp_path / "store", "--map", tmp_path / "map.toml")
    ran = run("load", tmp_path / "in.csv", *into)
    assert ran.code == 0
    assert "“Date”: 1 ×" in ran.err
    assert "row 3" in ran.err


def test_load_does_not_believe_another_century(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "Comment,Date\nThe soup was cold and late,01/02/1924\nLovely nurses all,01/02/2199\n"
    )
    ran = run("load", tmp_path / "in.csv", "--into", tmp_path / "store")
    assert ran.code == 2
    assert "before the year 2000" in ran.err
    assert "more than a year after" in ran.err


def test_load_keeps_responses_that_share_an_id(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "Response ID,Date,Ward,Overall experience,Comment\n"
        "1,01/03/2026,A,Very good,The nurses were kind and quick\n"
        "1,01/04/2026,B,Very poor,\n"
        "2,01/03/2026,A,Good,The food was warm and good\n"
    )
    assert run("load", tmp_path / "in.csv", "--into", tmp_path / "store").code == 0
    totals = count(tmp_path / "store")
    assert totals.score_counts == (1, 1, 0, 0, 1, 0)

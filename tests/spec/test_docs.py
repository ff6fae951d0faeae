"""What the documentation claims is so."""

import doctest
import importlib
import re
import sys
from pathlib import Path

import pytest
import typer

import yousaid
from yousaid.cli import app
from yousaid.model.artefact import get_shipped_names, load_model

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = {n: c for n, c in typer.main.get_command(app).commands.items() if not c.hidden}


def test_reference_is_what_the_code_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    made = importlib.import_module("make_reference").make_reference()
    assert (ROOT / "docs" / "reference.md").read_text("utf-8") == made, "make the reference again"


@pytest.mark.parametrize("name", COMMANDS)
def test_command_has_help_with_an_example(name: str) -> None:
    assert f"Example: yousaid {name}" in COMMANDS[name].help


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page: Path) -> None:
    failed, _ = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert not failed


@pytest.mark.parametrize(
    "name",
    [
        "yousaid",
        "yousaid.measures.fft",
        "yousaid.measures.intervals",
        "yousaid.model.explain",
        "yousaid.model.reader",
        "yousaid.reports.explanation",
    ],
)
def test_docstring_examples_run(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted
    assert not found.failed


def test_public_names_are_importable() -> None:
    assert all(hasattr(yousaid, name) for name in yousaid.__all__)


def test_versions_agree() -> None:
    assert f'version = "{yousaid.__version__}"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert f"## {yousaid.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_help_does_not_wait_for_heavy_rooms() -> None:
    import subprocess

    code = (
        "import sys; from yousaid.cli import app\n"
        "print([m for m in ('numpy', 'scipy', 'duckdb', 'starlette') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_page_on_the_reader_is_about_the_default_model() -> None:
    page = (ROOT / "docs" / "why" / "reader.md").read_text("utf-8")
    assert f"read by `{load_model().label}`" in page


def test_readme_counts_what_the_cards_count() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for name in get_shipped_names():
        counted = load_model(name).card["scores"]["row_count"]
        assert f"{counted:,} real comments" in " ".join(readme.split())

"""Nothing that a page loads may come from outside."""

import hashlib
import re
from pathlib import Path

from yousaid.web.app import STATIC_FOLDER

TEMPLATES = STATIC_FOLDER.parent / "templates"

# An address in an XML namespace is a name; nothing fetches it.
NAMES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def find_addresses(path: Path) -> set[str]:
    return (
        set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]+[^\s\"')]*", path.read_text("utf-8"))) - NAMES
    )


def test_static_files_ask_for_nothing_outside() -> None:
    served = [p for p in STATIC_FOLDER.rglob("*") if p.suffix in {".css", ".svg", ".js", ".html"}]
    assert len(served) > 3
    assert {path.name: found for path in served if (found := find_addresses(path))} == {}


def test_templates_ask_for_nothing_outside() -> None:
    templates = list(TEMPLATES.glob("*.jinja"))
    assert len(templates) > 5
    assert {path.name: found for path in templates if (found := find_addresses(path))} == {}


def test_stylesheets_have_every_file_that_they_name() -> None:
    for path in STATIC_FOLDER.rglob("*.css"):
        for name in re.findall(r"url\(([^)]+)\)", path.read_text("utf-8")):
            assert (path.parent / name).is_file(), f"{path.name} asks for {name}"


def test_vendored_files_are_those_recorded() -> None:
    vendor = STATIC_FOLDER / "vendor"
    rows = re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", (vendor / "README.md").read_text())
    found = {
        path.relative_to(vendor).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*")
        if path.is_file() and path.name != "README.md"
    }
    assert dict(rows) == found


def test_vendored_stylesheet_has_no_font_of_its_own() -> None:
    css = next((STATIC_FOLDER / "vendor").glob("*.css")).read_text("utf-8")
    assert "@font-face" not in css
    assert "Frutiger" not in css

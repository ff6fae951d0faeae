"""What is installed is what the project says it needs."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9_.-]", requirement)[0].lower()


def _pinned(lock: str) -> set[str]:
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    return {found.lower() for found in re.findall(r"(?m)^([A-Za-z0-9_.-]+)==", text)}


@pytest.mark.parametrize(("lock", "extras"), [("run.lock", ["build"]), ("dev.lock", ["dev"])])
def test_lock_holds_every_dependency(lock: str, extras: list[str]) -> None:
    wanted = {_name(requirement) for requirement in PROJECT["dependencies"]}
    for extra in extras:
        wanted |= {_name(requirement) for requirement in PROJECT["optional-dependencies"][extra]}
    assert wanted - {"yousaid"} <= _pinned(lock)


@pytest.mark.parametrize("lock", ["run.lock", "dev.lock"])
def test_lock_has_a_hash_for_every_package(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", text)
    assert all("--hash=sha256:" in entry for entry in entries if "==" in entry.split("\n")[0])


def test_core_is_free_of_heavy_packages() -> None:
    assert not _pinned("run.lock") & {"pandas", "pyarrow", "torch", "scikit-learn", "polars"}


def test_versions_of_the_design_system_are_tied() -> None:
    vendored = list((ROOT / "src/yousaid/web/static/vendor").glob("nhsuk-frontend-*.min.css"))
    assert [path.name for path in vendored] == ["nhsuk-frontend-10.6.1.min.css"]
    assert "nhsuk-frontend-jinja==0.10.2" in PROJECT["dependencies"]

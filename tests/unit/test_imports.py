"""Imports point one way: a room may use only the rooms below it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import yousaid

SOURCE = Path(yousaid.__file__).parent
GROUND = {"records", "errors", "frameworks", "duck", "yousaid"}
# What each room may import beside itself. A new room must be written in here to pass.
MAY_IMPORT = {
    "records": set(),
    "errors": set(),
    "duck": set(),
    "yousaid": {"model", "parts"},  # the public names, imported when they are asked for
    "frameworks": {"records", "errors"},
    "sample": set(),
    "models": set(),
    "ingest": GROUND,
    "model": GROUND,
    "store": GROUND,
    "measures": GROUND,
    "reports": GROUND | {"measures", "model", "store"},
    "settings": set(),
    "pipeline": GROUND | {"settings", "ingest", "model", "store", "reports"},
    "jobs": GROUND | {"settings", "pipeline", "ingest", "model", "store"},
    "rereading": GROUND | {"model", "store"},
    "parts": GROUND | {"pipeline", "ingest", "model", "store", "reports"},
    "spark": GROUND | {"settings", "model", "store"},
    "web": GROUND | {"jobs", "pipeline", "ingest", "model", "store", "measures", "reports"},
    "__main__": GROUND | {"cli"},
    "cli": GROUND
    | {
        "settings",
        "rereading",
        "jobs",
        "pipeline",
        "parts",
        "ingest",
        "model",
        "store",
        "reports",
        "sample",
        "web",
    },
}


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def _modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        yield ("yousaid" if parts == ("__init__",) else parts[0]), path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            # “from yousaid import store” names a room behind the import.
            names = [alias.name for alias in node.names] if node.module == "yousaid" else []
            rooms = [name for name in names if (SOURCE / name).exists()]
            yield from [f"yousaid.{room}" for room in rooms] or [node.module or ""]
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_every_room_is_listed() -> None:
    assert {room for room, _ in _modules()} <= MAY_IMPORT.keys()


def test_imports_point_one_way() -> None:
    breaches = [
        f"{path.relative_to(SOURCE)} imports {name}"
        for room, path in _modules()
        for name in _imports(path)
        if name.split(".")[0] == "yousaid"
        and _room(name) != room
        and _room(name) not in MAY_IMPORT[room]
    ]
    assert not breaches


def _imports_at_top(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_core_imports_no_extra() -> None:
    # A module that is nothing without an extra may import it, and nobody may import that module
    # but inside a function.
    tuning = ("finetune", "network", "network_training", "teachers")
    behind_extra = {
        **{f"yousaid.model.{name}": SOURCE / "model" / f"{name}.py" for name in tuning},
        "yousaid.spark": SOURCE / "spark.py",
    }
    heavy = {"sklearn", "pandas", "pyarrow", "pyspark", "torch", "transformers", "onnx"}
    at_top = [
        f"{path.relative_to(SOURCE)} imports {name}"
        for _, path in _modules()
        if path not in behind_extra.values()
        for name in _imports_at_top(path)
        if name.split(".")[0] in heavy or name in behind_extra
    ]
    assert not at_top

"""A folder or a zip of tables."""

import os
import struct
import zipfile
from pathlib import Path

import pytest

from yousaid.errors import InputError
from yousaid.ingest import bundles
from yousaid.ingest.bundles import list_tables


def pack(folder, **members):
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return str(path)


def test_a_folder_is_its_tables_by_name(tmp_path):
    for name in ("b.csv", "a.xlsx", "notes.docx", "~$a.xlsx", ".hidden.csv"):
        (tmp_path / name).write_text("x")
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "c.CSV").write_text("x")
    with list_tables(str(tmp_path)) as found:
        names = [Path(path).relative_to(tmp_path).as_posix() for path in found]
    assert names == ["2026/c.CSV", "a.xlsx", "b.csv"]


def test_a_zip_is_unpacked_for_its_owner_and_goes_again(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("2026/march.csv", "march")
        archive.writestr("2025/march.csv", "other march")
        archive.writestr("__MACOSX/._march.csv", "x")
        archive.writestr("readme.txt.pdf", "x")
    with list_tables(str(tmp_path / "all.zip")) as found:
        assert [Path(path).name for path in found] == ["march.csv", "march.csv"]
        assert {Path(path).read_text() for path in found} == {"march", "other march"}
        assert all(os.stat(Path(path).parent).st_mode & 0o077 == 0 for path in found)
    assert not any(Path(path).exists() for path in found)


def test_a_name_in_a_zip_leads_nowhere(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("../../../../tmp/evil.csv", "x")
        archive.writestr("/etc/evil.csv", "x")
    with list_tables(str(tmp_path / "all.zip")) as found:
        root = os.path.commonpath(found)
        assert all(Path(path).name == "evil.csv" for path in found)
        assert Path(root).name.startswith("yousaid-")


def test_any_other_path_is_itself(tmp_path):
    with list_tables(str(tmp_path / "nothing.csv")) as found:
        assert found == [str(tmp_path / "nothing.csv")]
    with list_tables("-") as found:
        assert found == ["-"]


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(bundles, "MOST_BYTES", 1000)
    path = pack(tmp_path, **{"a.csv": "0" * 100_000})
    with pytest.raises(InputError, match="unpacks to more than"), list_tables(path):
        pass


def test_a_zip_that_says_that_it_is_small_and_is_not(tmp_path):
    path = pack(tmp_path, **{"a.csv": "0" * 100_000})
    data = bytearray(Path(path).read_bytes())
    # The size in the directory at the end, and in the header of the file.
    for signature, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.index(signature) + place
        data[at : at + 4] = struct.pack("<I", 10)
    Path(path).write_bytes(data)
    with pytest.raises(InputError, match="is damaged"), list_tables(path):
        pass


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"a,b\n1,2\n"])
def test_what_is_no_zip_is_said(tmp_path, content):
    (tmp_path / "all.zip").write_bytes(content)
    with (
        pytest.raises(InputError, match=r"all\.zip is no zip"),
        list_tables(str(tmp_path / "all.zip")),
    ):
        pass


def test_nothing_in_it_is_said(tmp_path):
    with pytest.raises(InputError, match="holds no table"), list_tables(str(tmp_path)):
        pass
    path = pack(tmp_path, **{"a.docx": "x"})
    with pytest.raises(InputError, match="holds no table"), list_tables(path):
        pass

"""Many files at once: a folder of tables, or a zip of them."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from yousaid.errors import InputError
from yousaid.ingest.tables import ENDINGS
from yousaid.ingest.working import working_folder

# What a zip may hold, unpacked: a small one can unpack to more than any disk.
MOST_BYTES = 8_000_000_000
MOST_FILES = 1000


@contextmanager
def list_tables(path: str) -> Iterator[list[str]]:
    """The paths of the tables in a folder or zip, by name; of any other path itself alone.

    What is unpacked of a zip, which its owner alone may read, is gone after the block. Raises
    InputError for a zip that is damaged, locked or too large, and where no table is found.
    """
    found = Path(path)
    if found.is_dir():
        yield _check_any(path, sorted(str(one) for one in found.rglob("*") if _is_table(one)))
    elif found.suffix.lower() == ".zip" and found.is_file():
        with working_folder() as folder:
            yield _check_any(path, _unpack(found, folder))
    else:
        yield [path]


def _is_table(path: Path) -> bool:
    # “~$name.xlsx” is what Excel leaves beside a workbook that is open.
    return path.is_file() and _has_table_name(path.name)


def _has_table_name(name: str) -> bool:
    return Path(name).suffix.lower() in ENDINGS and not name.startswith((".", "~$"))


def _check_any(path: str, found: list[str]) -> list[str]:
    if not found:
        raise InputError(
            f"The folder or zip {path} holds no table. Tables end in {', '.join(ENDINGS)}."
        )
    if len(found) > MOST_FILES:
        raise InputError(f"{path} holds {len(found):,} tables. Bring in {MOST_FILES:,} at once.")
    return found


def _unpack(path: Path, folder: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if _is_wanted(member)]
            if sum(member.file_size for member in members) > MOST_BYTES:
                raise InputError(
                    f"{path.name} unpacks to more than {MOST_BYTES // 10**9} GB. Unpack it and "
                    "bring its files in one by one."
                )
            return sorted(
                _unpack_member(archive, member, folder / f"{number:04}")
                for number, member in enumerate(members)
            )
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise InputError(f"{path.name} is no zip, or is damaged. Make it again.") from error
    except RuntimeError as error:  # so zipfile says that there is a password
        raise InputError(f"{path.name} is locked with a password. Unpack it first.") from error
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be unpacked ({error.strerror}). Check that the disk has room."
        ) from error


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename)
    # macOS puts its own notes beside each file.
    return not member.is_dir() and "__MACOSX" not in name.parts and _has_table_name(name.name)


def _unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> str:
    # By its last part alone, in a folder of its own: a name in a zip can be any path.
    folder.mkdir(mode=0o700)
    target = folder / PurePosixPath(member.filename).name
    with archive.open(member) as source, target.open("xb") as unpacked:
        shutil.copyfileobj(source, unpacked)
    return str(target)

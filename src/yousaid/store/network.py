"""Whether a folder lies on a file system of another machine, where SQLite's locks do not hold."""

from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
# File systems whose files another machine may hold open too (and FUSE's by the part behind the
# dot). 9p is what virtual machines share folders with.
_NETWORK_TYPES = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cephfs", "cifs", "coda", "davfs", "gfs2", "glusterfs"),
        *("gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "panfs", "rclone", "s3fs", "smb3"),
        *("smbfs", "sshfs"),
    }
)


def find_network_type(folder: Path) -> str | None:
    """The type of the network file system that a folder lies on, None where it is a local one
    (or where this machine does not say)."""
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return find_type_among(mounts, folder.resolve())


def find_type_among(mounts: str, folder: Path) -> str | None:
    """The same from the text of /proc/self/mountinfo (man 5 proc), for an absolute path."""
    best: tuple[int, str] = (-1, "")
    for line in mounts.splitlines():
        mounted, _, described = line.partition(" - ")
        point = Path(_unescape(mounted.split(" ")[4])) if mounted.count(" ") >= 4 else None
        if point and folder.is_relative_to(point) and len(point.parts) >= best[0]:
            best = (len(point.parts), described.split(" ")[0])
    kind = best[1].removeprefix("fuse.").removeprefix("fuseblk.")
    return kind if kind in _NETWORK_TYPES else None


def _unescape(path: str) -> str:
    # The kernel writes a space, a tab, a line break and a backslash in octal.
    for code in (r"\040", r"\011", r"\012", r"\134"):
        path = path.replace(code, chr(int(code[1:], 8)))
    return path

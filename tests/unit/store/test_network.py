from pathlib import Path

import pytest

from yousaid.errors import StoreError
from yousaid.store import layout
from yousaid.store.layout import check_folder, create_store, open_store
from yousaid.store.network import find_network_type, find_type_among

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:35 / /srv/share rw,relatime shared:2 - nfs4 server:/share rw,vers=4.2
41 40 0:36 / /srv/share/local rw - xfs /dev/sdb1 rw
42 22 0:37 / /mnt/with\\040space rw - cifs //server/share rw
43 22 0:38 / /home/me/remote rw - fuse.sshfs me@server: rw
44 22 0:39 / /tmp rw - tmpfs tmpfs rw
45 22 0:40 / /srv/share2 rw shared:9 master:1 - btrfs /dev/sdc rw
damaged line
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/share", "nfs4"),
        ("/srv/share/feedback/deep", "nfs4"),
        ("/srv/share/local/feedback", None),
        ("/srv/share2/feedback", None),
        ("/srv/sharedish", None),
        ("/mnt/with space/feedback", "cifs"),
        ("/home/me/remote/x", "sshfs"),
        ("/home/me", None),
        ("/tmp/x", None),
        ("/", None),
    ],
)
def test_find_type_among_mounts(folder, kind):
    assert find_type_among(MOUNTS, Path(folder)) == kind


def test_this_machines_temporary_folder_is_local(tmp_path):
    assert find_network_type(tmp_path) is None


def test_a_store_on_a_network_file_system_is_refused_with_the_way_out(tmp_path, monkeypatch):
    store = create_store(tmp_path / "feedback")
    monkeypatch.setattr(layout, "find_network_type", lambda folder: "nfs4")
    for attempt in (open_store, create_store, check_folder):
        with pytest.raises(StoreError, match=r"nfs4.*YOUSAID_DATABASE.*YOUSAID_INDEX"):
            attempt(store.folder)
    with pytest.raises(StoreError, match="nfs4"):
        check_folder(tmp_path / "new")

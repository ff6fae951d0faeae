import pytest

from yousaid.errors import StoreError
from yousaid.store.app import get_engine


@pytest.mark.parametrize(
    "address",
    [
        "rubbish",
        "sqlite:////tmp/app.sqlite",
        "mysql://u:secret@h/x",
        "postgresql://u:secret@h:port/x",
    ],
)
def test_an_address_that_is_none_of_postgresql_is_refused(address):
    with pytest.raises(StoreError, match="Write it as postgresql") as raised:
        get_engine(address)
    assert "secret" not in str(raised.value)

"""What is said where Spark is not installed."""

from importlib import import_module
from importlib.util import find_spec

import pytest

from yousaid.errors import MissingExtraError


@pytest.mark.skipif(find_spec("pyspark") is not None, reason="pyspark is installed here")
def test_spark_without_its_extra() -> None:
    with pytest.raises(MissingExtraError, match=r"pip install 'yousaid\[spark\]'"):
        import_module("yousaid.spark")

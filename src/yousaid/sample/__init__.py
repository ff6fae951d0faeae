"""An invented data set, for the demonstration, the documentation and the tests.

Three years of answers to a trust that does not exist. The comments were made up by
`tools/sample/make_sample.py` and were never read or labelled by a person: they show what the
product does, and say nothing of how well it does it.
"""

from importlib.resources import files
from pathlib import Path


def sample_path() -> Path:
    """The sample as a CSV file on disk: UTF-8, one row a response, two columns of comments.

    Only a package installed as ordinary files has one; from inside a zip archive this raises
    FileNotFoundError.
    """
    path = Path(str(files(__name__).joinpath("sample.csv")))
    if not path.is_file():
        raise FileNotFoundError("The sample is not installed as a file: install yousaid unzipped")
    return path

"""The command line: `app`, with every command."""

from yousaid.cli import bringing, reading, store  # noqa: F401 (each adds its commands to the application)
from yousaid.cli.base import app, say

__all__ = ["app", "say"]

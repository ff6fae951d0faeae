"""Reads what patients write about their care."""

__version__ = "0.1.0"

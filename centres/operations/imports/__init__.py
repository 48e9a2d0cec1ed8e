"""Imports of CSV files: first checked without saving anything, then saved, by a worker."""

from centres.operations.imports.jobs import ask, discard, run, save_rows

__all__ = ["ask", "discard", "run", "save_rows"]

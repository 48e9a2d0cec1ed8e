"""Bytes beside the database: what was kept for a request that is refused later goes again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction

_written: ContextVar[list[_Written] | None] = ContextVar("qa_stored_files", default=None)


class _Written:
    """One file, whose row is rolled back or committed later."""

    def __init__(self, name: str) -> None:
        self.name, self.committed = name, False

    def commit(self) -> None:
        self.committed = True

    def will_stay(self) -> bool:
        """Committed, or waiting for the commit of a transaction around this one.

        Django takes what was to run on commit away when its savepoint is rolled back.
        """
        waiting = (entry[1] for entry in connection.run_on_commit)
        return self.committed or any(function == self.commit for function in waiting)


def save(name: str, content: File) -> str:
    """Keep bytes under a name (which is returned, as the storage chose it); they go again with a rollback.

    Inside ``removed_with_a_rollback``, which the tenancy layer opens for every request.
    """
    stored = default_storage.save(name, content)
    written = _Written(stored)
    transaction.on_commit(written.commit)
    if (collected := _written.get()) is not None:
        collected.append(written)
    return stored


@contextmanager
def removed_with_a_rollback() -> Iterator[None]:
    """Around a transaction: afterwards, files whose transaction or savepoint was rolled back are gone."""
    collected: list[_Written] = []
    token = _written.set(collected)
    try:
        yield
    finally:
        _written.reset(token)
        for written in collected:
            if not written.will_stay():
                default_storage.delete(written.name)

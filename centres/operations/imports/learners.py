"""Learners and registrations from a file: staged by COPY, checked and saved by set-based statements.

The rules are those of ``operations.learners`` and ``operations.registrations``, said once more in SQL, because a file
may hold a million rows; a test holds both against each other.
"""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

import psycopg2
from django.db import connection, transaction
from django.utils import timezone

from centres import registration_blocks
from centres.csv_files import Table, Unreadable
from centres.models import ImportJob, Programme, ProgrammeStatus
from centres.operations.imports import learners_sql as sql
from centres.operations.imports.checked import Checked, read_date
from centres.operations.registrations import refresh_deadline
from centres.queries import registrations as registration_queries
from centres.queries.schemes import lead_verifier_scheme
from centres.rules.registrations import why_no_registration


@contextmanager
def staged(job: ImportJob, table: Table, *, at: datetime) -> Iterator[Checked]:
    """The rows of a file in a temporary table that ends with the block, checked against the centre's records."""
    staging = Staging(f"staged_{uuid.uuid4().hex[:12]}", job.centre_id, timezone.localdate(at), at)
    with connection.cursor() as cursor:
        staging.fill(cursor, table)
        staging.check(cursor)
        yield staging.outcome(cursor)
        # After an error the transaction is lost anyway, and the tables end with it.
        staging.run(cursor, sql.DROP)


@dataclass
class Staging:
    """One temporary table with the rows of a file, and what follows from them."""

    name: str
    centre_id: int
    today: date
    at: datetime

    def run(self, cursor: Any, statement: str, **more: Any) -> int:
        """Run a statement of ``learners_sql`` on this table; returns the count of rows it touched."""
        cursor.execute(
            statement.format(staged=self.name), {"centre": self.centre_id, "today": self.today, **more}
        )
        return int(cursor.rowcount)

    def fill(self, cursor: Any, table: Table) -> None:
        """Load the rows as text, in one COPY; columns that the file lacks stay empty."""
        self.run(cursor, sql.NO_TIME_LIMIT)
        self.run(cursor, sql.MAKE)
        columns = {"columns": ", ".join(["row", *table.columns]), "text_columns": ", ".join(table.columns)}
        rows = _Rows(table)
        try:
            # A savepoint, because a file that turns out to be no table breaks the COPY, not the whole job.
            with transaction.atomic():
                cursor.copy_expert(sql.COPY_RAW.format(staged=self.name, **columns), rows)
        except psycopg2.Error as broken:
            raise rows.problem or broken from broken
        self._read_dates(cursor)
        self.run(cursor, sql.ONE_SPACE)
        self.run(cursor, sql.NORMALISE)
        self.run(cursor, "ANALYZE {staged}")

    def _read_dates(self, cursor: Any) -> None:
        """Read every different date once: few texts stand for many rows, and people write dates in many ways."""
        self.run(cursor, sql.DIFFERENT_DATES)
        out = io.StringIO()
        writer = csv.writer(out)
        for (text,) in cursor.fetchall():
            day = read_date(text)
            writer.writerow((text, day.isoformat() if day else ""))
        out.seek(0)
        cursor.copy_expert(sql.COPY_DATES.format(staged=self.name), out)
        self.run(cursor, "ANALYZE {staged}_raw; ANALYZE {staged}_date")

    def check(self, cursor: Any) -> None:
        """Find every problem of every row."""
        rules = lead_verifier_scheme(self.today).scheme.registration
        for statement in sql.CHECKS:
            self.run(
                cursor,
                statement,
                uln_required=rules.uln_required.value,
                placeholder=rules.uln_placeholder_accepted.value,
            )
        self._check_programmes(cursor)
        self.run(cursor, sql.BAD_ROWS)

    def _check_programmes(self, cursor: Any) -> None:
        """Programmes that take no registrations, and why (R29): few programmes, so asked in Python."""
        programmes = list(Programme.objects.filter(centre_id=self.centre_id).select_related("qualification"))
        blocks = registration_blocks.on_programmes(self.centre_id, [p.pk for p in programmes], self.today)
        for programme in programmes:
            message = why_no_registration(programme, self.today) or blocks.get(programme.pk)
            if message:
                closed = programme.status == ProgrammeStatus.CLOSED
                self.run(cursor, sql.PROGRAMME_CLOSED, programme=programme.pk, message=message, closed=closed)

    def outcome(self, cursor: Any) -> Checked:
        """What was found, and what saving would make."""
        self.run(cursor, sql.PROBLEMS)
        keys = ("row", "column", "message", "level")
        problems = [dict(zip(keys, found, strict=True)) for found in cursor.fetchall()]
        self.run(cursor, sql.COUNTS)
        total, good, *would = cursor.fetchone()
        names = ("learners", "enrolled", "registered", "unchanged")
        return Checked(
            total, good, problems, dict(zip(names, would, strict=True)), save=lambda by: self.save(cursor)
        )

    def save(self, cursor: Any) -> dict[str, int]:
        """Add the learners and registrations of the good rows; what is there already stays as it is."""
        made = {"learners": self.run(cursor, sql.ADD_LEARNERS)}
        self.run(cursor, sql.FIND_NEW_BY_ULN)
        self.run(cursor, sql.FIND_NEW_BY_NAME)
        self._work_out_fees(cursor)
        made["enrolled"] = self.run(cursor, sql.ENROL)
        made["registered"] = self.run(cursor, sql.REGISTER_NEW) + self.run(cursor, sql.REGISTER_ENROLLED)
        self.run(cursor, sql.PROGRAMMES)
        for (programme_id,) in cursor.fetchall():
            refresh_deadline(programme_id=programme_id, at=self.at)
        return made

    def _work_out_fees(self, cursor: Any) -> None:
        """The fee of each different enrolment date and cohort, by the scheme; a file of thousands has few of them."""
        self.run(cursor, sql.FEE_QUESTIONS)
        for suite, pattern, cohort_id, enrolled_on in cursor.fetchall():
            fee = registration_queries.fee(suite, pattern, enrolled_on=enrolled_on, on=self.today)
            self.run(
                cursor,
                sql.ADD_FEE,
                cohort=cohort_id,
                enrolled=enrolled_on,
                multiplier=fee.multiplier,
                facts=json.dumps(fee.facts),
            )


class _Rows:
    """The rows of a table as the file that COPY reads, a few thousand at a time."""

    def __init__(self, table: Table) -> None:
        self.rows = table.rows()
        self.left = ""
        self.problem: Unreadable | None = None

    def read(self, size: int = -1) -> str:
        out = io.StringIO()
        out.write(self.left)
        writer = csv.writer(out, lineterminator="\n")
        while size < 0 or out.tell() < size:
            try:
                batch = [[number, *cells] for number, cells in islice(self.rows, 2000)]
            except Unreadable as problem:
                self.problem = problem
                raise
            if not batch:
                break
            writer.writerows(batch)
        text = out.getvalue()
        text, self.left = (text, "") if size < 0 else (text[:size], text[size:])
        return text

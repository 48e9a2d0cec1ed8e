"""A file of learners, checked and saved, against COPY of the same file into a plain table."""

from __future__ import annotations

import csv
import io
import os

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone

from benchmarks import callers
from benchmarks.measuring import ROUNDS, Rounds, Work
from benchmarks.requests import use
from benchmarks.results import Result, verdict
from centres import import_kinds
from centres.csv_files import write
from centres.models import Centre, Cohort, Person
from centres.operations import imports
from qa_portal.tenancy import ALL_CENTRES, scoped_to

ROWS = int(os.environ.get("BENCH_IMPORT_ROWS", 50_000))
LARGE_ROWS = int(os.environ.get("BENCH_LARGE_IMPORT_ROWS", 250_000))
_COPY = (
    "COPY bench_import (centre_id, uln, given_name, family_name, date_of_birth, reference)"
    " FROM STDIN WITH (FORMAT csv)"
)
_WHY = (
    "Where saving misses: the file is read and checked a second time, because another person may have added the same "
    "learner since it was checked, and the rows go into a table with row-level security and foreign keys, which the "
    "floor's has not."
)
_COLUMNS = ["work", "seconds", "rows/s", "against COPY", "goal", "verdict"]
_GIVEN = ("Amara", "Lewis", "Isla", "Noah", "Chloe", "Yusuf", "Ella", "Kofi")
_FAMILY = ("Boateng", "Carr", "Dhillon", "Fenwick", "Grant", "Hassan", "Ingram")


def measure(databases: dict[str, str]) -> list[Result]:
    """Learners alone, then learners with their registrations; each round is rolled back."""
    use(databases["scratch"])
    with scoped_to([_centre()]):
        cohort = Cohort.objects.select_related("programme__qualification").order_by("pk").first()
        registering = [cohort.programme.qualification.qan, cohort.name, cohort.starts_on.isoformat(), "yes"]
    by = callers.examinations_officer("30000")
    works: dict[str, Work] = {}
    for name, more in (("learners", ["", "", "", ""]), ("learners and registrations", registering)):
        made = _rows(more)
        lines, job_id = _plain(made), _asked(_file(made), by)
        works[f"COPY, {name}"] = Work(lambda lines=lines: _copy(lines))
        works[f"check, {name}"] = Work(lambda job_id=job_id: _run(job_id, by, save=False))
        works[f"check, then save, {name}"] = Work(lambda job_id=job_id: _run(job_id, by, save=True))
    rounds = Rounds(works)
    rows = []
    for name in works:
        seconds, floor = rounds.wall(name), f"COPY, {name.rpartition(', ')[2]}"
        figures = [name, f"{seconds:.2f}", f"{ROWS / seconds:,.0f}"]
        if name == floor:
            rows.append([*figures, "1", "", ""])
            continue
        slower = rounds.times_longer(name, floor)
        # The goal is that of one pass over a file that makes learners; the others are told beside it.
        goal = ("≤ 3 times", verdict(slower <= 3)) if name == "check, learners" else ("", "")
        if name == "check, then save, learners":
            goal = ("≤ 3 times", verdict(slower <= 3))
        rows.append([*figures, f"{slower:.1f} times", *goal])
    how = (
        f"{ROWS:,} rows for one centre, {ROUNDS} alternated rounds, each rolled back. The portal decodes and reads "
        "the file, checks every rule, and saves in a second pass that reads and checks the file again; the floor is "
        "COPY of the learners alone into a plain table with the same columns and indexes."
    )
    return [Result("Imports", how, _COLUMNS, rows, [_WHY]), _large(by)]


def _large(by: Person) -> Result:
    """One large file, once."""
    made = _rows(["", "", "", ""], LARGE_ROWS)
    lines, job_id = _plain(made), _asked(_file(made), by)
    del made
    name = f"check, then save, {LARGE_ROWS:,} learners"
    works = {
        "COPY": Work(lambda: _copy(lines)),
        name: Work(lambda: _run(job_id, by, save=True, expected=LARGE_ROWS)),
    }
    rounds = Rounds(works, rounds=1)
    slower = rounds.times_longer(name, "COPY")
    rows = [
        [work, f"{rounds.wall(work):.1f}", f"{LARGE_ROWS / rounds.wall(work):,.0f}", against, goal, met]
        for work, against, goal, met in (
            ("COPY", "1", "", ""),
            (name, f"{slower:.1f} times", "≤ 3 times", verdict(slower <= 3)),
        )
    ]
    how = "The same with one file for one centre, once, rolled back."
    return Result("A large import", how, _COLUMNS, rows)


def _centre() -> int:
    # Over all centres, to find one by its number.
    with scoped_to(ALL_CENTRES):
        return int(Centre.objects.get(number="30000").pk)


def _rows(more: list[str], wanted: int = ROWS) -> list[list[str]]:
    rows, number = [], 200_000_000
    while len(rows) < wanted:
        number += 1
        remainder = sum(int(digit) * (10 - place) for place, digit in enumerate(str(number))) % 11
        if remainder == 0:
            continue
        i = len(rows)
        rows.append(
            [f"{number}{10 - remainder}", _GIVEN[i % 8], f"{_FAMILY[i % 7]} {i}", f"200{6 + i % 3}-0{1 + i % 9}-11",
             f"F{i}", *more, ""]
        )  # fmt: skip
    return rows


def _file(rows: list[list[str]]) -> str:
    return write([column.name for column in import_kinds.LEARNERS.columns], rows)


def _asked(text: str, by: Person) -> int:
    upload = ContentFile(text.encode(), name="learners.csv")
    with scoped_to([_centre()]):
        job = imports.ask(centre_id=_centre(), kind="learners", upload=upload, by=by, at=timezone.now())
    return int(job.pk)


def _run(job_id: int, by: Person, *, save: bool, expected: int = ROWS) -> None:
    at = timezone.now()
    with scoped_to([_centre()]):
        job = imports.run(import_id=job_id, at=at)
        if job.good_rows != expected:
            raise RuntimeError(f"{job.good_rows} of {expected} rows are good: {job.problems[:3]}")
        if save:
            imports.save_rows(import_id=job_id, only_good_rows=False, by=by, at=at)
            job = imports.run(import_id=job_id, at=at)
            if job.result["made"]["learners"] != expected:
                raise RuntimeError(f"Not every row was saved: {job.result}")
        connection.set_rollback(True)


def _plain(rows: list[list[str]]) -> str:
    """What COPY takes of the same rows: a number for the centre and the learner's own columns."""
    out = io.StringIO()
    csv.writer(out).writerows([1, *row[:5]] for row in rows)
    return out.getvalue()


def _copy(lines: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.copy_expert(_COPY, io.StringIO(lines))
        connection.set_rollback(True)

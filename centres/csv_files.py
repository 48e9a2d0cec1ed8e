"""CSV files as people really send them: any usual encoding and separator, headings written in many ways."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

# Cells that a spreadsheet would run as a formula when it opens an export.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LARGEST_CELL = 20_000


class Unreadable(Exception):
    """A file that is no table we can read; ``str()`` says why and what to do."""


@dataclass(frozen=True)
class Table:
    """The columns of a file by our names, and its rows: (row number as a spreadsheet shows it, cells in that order)."""

    columns: tuple[str, ...]
    encoding: str
    text: str
    separator: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row that holds something, cells trimmed and as many as there are columns; the headings are row 1."""
        width = len(self.columns)
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator)
        next(reader, None)
        for number, cells in enumerate(_tolerant(reader), start=2):
            row = [cell.strip() for cell in cells[:width]]
            if any(row):
                yield number, row + [""] * (width - len(row))


@dataclass(frozen=True)
class Column:
    """One column of an import: its name in files, what it holds, an example, and other names it goes by."""

    name: str
    what: str
    example: str = ""
    required: bool = False
    aliases: tuple[str, ...] = ()


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file and the encoding it was in: UTF-8 (with or without mark), UTF-16, or Windows-1252.

    Raises Unreadable for anything else.
    """
    if not data.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("The file is empty. Fill in the template and upload it again.")
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, UnicodeError):
            continue
        if "\0" not in text:
            return text, encoding
    raise Unreadable(
        "The file is not text that the portal can read. Save it as CSV (UTF-8) and upload it again."
    )


def _candidates(data: bytes) -> list[str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    if data.startswith(b"\xef\xbb\xbf"):
        return ["utf-8-sig"]
    head = data[:400]
    if head.count(0) > len(head) // 4:
        # Without a mark, every second byte of western text is zero: at odd places in little-endian files.
        return ["utf-16-le"] if head[1::2].count(0) > head[::2].count(0) else ["utf-16-be"]
    return ["utf-8", "cp1252"]


def read(data: bytes, columns: Sequence[Column]) -> Table:
    """Read a file's headings as our columns.

    Raises Unreadable with every missing, unknown and repeated column named.
    """
    text, encoding = decode(data)
    separator = _separator(text)
    headings = next(_tolerant(csv.reader(io.StringIO(text, newline=""), delimiter=separator)), [])
    while headings and not headings[-1].strip():
        headings.pop()
    known = {_key(name): column.name for column in columns for name in (column.name, *column.aliases)}
    found = [known.get(_key(heading), "") for heading in headings]
    problems = _heading_problems(headings, found, columns)
    if problems:
        raise Unreadable(" ".join(problems))
    return Table(tuple(found), encoding, text, separator)


def _heading_problems(headings: list[str], found: list[str], columns: Sequence[Column]) -> list[str]:
    problems = []
    missing = [column.name for column in columns if column.required and column.name not in found]
    if missing:
        problems.append(f"{_plural('Column', missing)} missing: {', '.join(missing)}.")
    unknown = [
        heading.strip() or "(empty)" for heading, name in zip(headings, found, strict=True) if not name
    ]
    if unknown:
        problems.append(
            f"{_plural('Column', unknown)} not known: {', '.join(unknown[:10])}. Rename or remove."
        )
    twice = sorted({name for name in found if name and found.count(name) > 1})
    if twice:
        problems.append(f"{_plural('Column', twice)} given twice: {', '.join(twice)}.")
    if problems:
        problems.append(f"The columns are: {', '.join(column.name for column in columns)}.")
    return problems


def _plural(word: str, things: Sequence[str]) -> str:
    return word if len(things) == 1 else f"{word}s"


def _key(heading: str) -> str:
    return "".join(character for character in heading.lower() if character.isalnum())


def _separator(text: str) -> str:
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _tolerant(reader: Iterable[list[str]]) -> Iterator[list[str]]:
    csv.field_size_limit(_LARGEST_CELL)
    try:
        yield from reader
    except csv.Error as problem:
        raise Unreadable(
            f"The file cannot be read as a table ({problem}). A quotation mark may not be closed."
        ) from problem


def safe_cell(value: object) -> str:
    """A cell of an export that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def write(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV file as text, with a mark so that spreadsheets read it as UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()

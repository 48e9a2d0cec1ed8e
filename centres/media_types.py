"""What kinds of files are evidence, told from their content and never from their name."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import magic

HEAD_BYTES: Final = 16_384
_GROUPS: Final[dict[str, frozenset[str]]] = {
    "documents": frozenset(
        {
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.ms-office",
            "application/x-ole-storage",
            "application/CDFV2",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "application/vnd.oasis.opendocument.text",
            "application/vnd.oasis.opendocument.spreadsheet",
            "application/vnd.oasis.opendocument.presentation",
            "application/rtf",
            "text/rtf",
        }
    ),
    "text": frozenset({"text/plain", "text/csv", "application/csv"}),
    "pictures": frozenset(
        {
            "image/png", "image/jpeg", "image/gif", "image/webp", "image/heic", "image/heif", "image/tiff",
            "image/bmp", "image/x-ms-bmp", "image/avif",
        }
    ),
    "sound": frozenset(
        {
            "audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/aac", "audio/x-hx-aac-adts", "audio/ogg", "audio/wav",
            "audio/x-wav", "audio/flac", "audio/webm", "audio/amr",
        }
    ),
    "video": frozenset(
        {
            "video/mp4", "video/x-m4v", "video/quicktime", "video/webm", "video/x-msvideo", "video/x-ms-wmv",
            "video/x-ms-asf", "video/x-matroska", "video/mpeg", "video/ogg", "video/3gpp", "application/ogg",
        }
    ),
    "archives": frozenset(
        {
            "application/zip", "application/x-7z-compressed", "application/gzip", "application/x-gzip",
            "application/x-tar", "application/x-rar", "application/vnd.rar", "application/x-bzip2",
        }
    ),
}  # fmt: skip
ACCEPTED: Final = frozenset().union(*_GROUPS.values())
ACCEPTED_IN_WORDS: Final = "documents, pictures, sound, video, text, CSV files and archives"
_PROGRAMS: Final = frozenset(
    {
        "application/x-dosexec", "application/vnd.microsoft.portable-executable", "application/x-executable",
        "application/x-pie-executable", "application/x-sharedlib", "application/x-mach-binary", "application/x-msi",
        "application/java-archive", "application/x-java-applet", "application/vnd.android.package-archive",
        "text/x-shellscript", "text/x-msdos-batch", "text/x-python", "text/x-script.python", "text/x-perl",
        "application/javascript", "text/javascript",
    }
)  # fmt: skip
# A file keeps its name when it is opened again, and a machine may run it by its ending, whatever is inside.
_ENDINGS_THAT_RUN: Final = frozenset(
    {
        "exe", "com", "bat", "cmd", "scr", "msi", "pif", "jar", "js", "jse", "vbs", "vbe", "wsf", "wsh", "ps1",
        "hta", "cpl", "lnk", "reg", "sh", "app", "dmg", "apk",
    }
)  # fmt: skip
_ENDINGS_OF_PAGES: Final = frozenset({"htm", "html", "xhtml", "svg", "xml", "mht"})
_ENDINGS_OF_TEXT: Final = frozenset({"txt", "csv", "tsv", "md", "log"})
_UNPRINTABLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def media_type(head: bytes) -> str:
    """Tell the media type of a file from its first bytes (``HEAD_BYTES`` of them are enough)."""
    return magic.from_buffer(head, mime=True)


def tidy_name(name: str) -> str:
    """The name of a file without folders and without characters that hide what it is; at most 200 characters."""
    bare = re.split(r"[\\/]", name)[-1]
    shown = "".join(
        c for c in unicodedata.normalize("NFC", bare) if unicodedata.category(c) not in _UNPRINTABLE
    )
    shown = re.sub(r'[<>:"|?*]', "_", shown).strip(" .")
    if len(shown) <= 200:
        return shown or "file"
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[: 199 - len(ending)]}.{ending}" if dot and len(ending) < 12 else shown[:200]


def problem_with(name: str, size: int, head: bytes, *, limit: int) -> str | None:
    """Say why a file is not taken, in words for whoever chose it, or None when it is.

    ``size`` and ``limit`` are in bytes; the content decides about the type, whatever the name says.
    """
    shown = tidy_name(name)
    if not size:
        return f"“{shown}” is empty. Choose a file with something in it."
    if size > limit:
        return (
            f"“{shown}” is {in_megabytes(size)}. A file may have up to {in_megabytes(limit)}: "
            "make it smaller, or split it."
        )
    kind, ending = media_type(head), shown.rpartition(".")[2].lower()
    if kind in _PROGRAMS or ending in _ENDINGS_THAT_RUN:
        return f"“{shown}” is a program, whatever its name says. Choose {ACCEPTED_IN_WORDS}."
    # Notes and tables are sometimes told as some programming language; as text they are harmless.
    plain = kind.startswith("text/") and kind != "text/html" and ending in _ENDINGS_OF_TEXT
    if not (kind in ACCEPTED or plain) or ending in _ENDINGS_OF_PAGES:
        return f"“{shown}” is not a kind of file that can be evidence. Choose {ACCEPTED_IN_WORDS}."
    return None


def in_megabytes(size: int) -> str:
    """A size as people say it: 50 MB (of 1,024 kB each), with one decimal below 10."""
    megabytes = size / (1024 * 1024)
    if megabytes < 10 and megabytes != int(megabytes):
        return f"{max(megabytes, 0.1):.1f} MB"
    return f"{megabytes:.0f} MB"

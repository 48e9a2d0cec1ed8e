"""How an import moves: checked without saving anything, then saved or discarded."""

from __future__ import annotations

from centres.models import ImportStatus as S
from centres.permissions import Permission as P
from centres.rules.imports import has_rows_to_save, is_of_a_kind_they_import
from qa_portal.lifecycle import Lifecycle, Transition

IMPORT = Lifecycle(
    "import",
    Transition("check", (S.CHECKING,), S.CHECKED, P.IMPORT_RUN, "import.checked", "Check the file"),
    Transition("fail", (S.CHECKING,), S.FAILED, P.IMPORT_RUN, "import.failed", "Refuse the file"),
    Transition(
        "apply",
        (S.CHECKED,),
        S.APPLYING,
        P.IMPORT_RUN,
        "import.asked_to_save",
        "Save the rows",
        conditions=(is_of_a_kind_they_import, has_rows_to_save),
    ),
    Transition(
        "discard",
        (S.CHECKED,),
        S.DISCARDED,
        P.IMPORT_RUN,
        "import.discarded",
        "Discard the import",
        conditions=(is_of_a_kind_they_import,),
    ),
    Transition("finish", (S.APPLYING,), S.APPLIED, P.IMPORT_RUN, "import.saved", "Finish saving"),
    Transition("refuse", (S.APPLYING,), S.CHECKED, P.IMPORT_RUN, "import.refused", "Give the file back"),
)

"""Evidence files: told by content, limited, private, versioned, and opened only by those who may."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from centres import evidence_access, media_types
from centres.forms.evidence import EvidenceField
from centres.models import EvidenceFile, EvidenceScan
from centres.operations import evidence
from centres.queries.evidence import newest_versions
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
PROGRAM = b"MZ" + b"\0" * 58 + b"\x80\0\0\0" + b"\0" * 64 + b"PE\0\0\x4c\x01" + b"\0" * 200
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x02\0\0\0"


@pytest.fixture(autouse=True)
def private_files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    return tmp_path


@pytest.fixture
def no_links(monkeypatch):
    monkeypatch.setattr(evidence_access, "_LINKS", {})


def pdf(name: str = "plan.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def stored(cast, now, by="qn", **more) -> EvidenceFile:
    return evidence.store(
        centre_id=cast.northgate.centre.pk, upload=more.pop("upload", pdf()), by=cast[by], at=now, **more
    )


def test_a_file_is_kept_with_its_digest_under_a_private_name(cast, now):
    file = stored(cast, now, upload=pdf("Ruth Adeyemi's plan.pdf"))
    assert file.name == "Ruth Adeyemi's plan.pdf"
    assert "Ruth" not in file.storage_name
    assert file.media_type == "application/pdf"
    assert len(file.sha256) == 64
    assert file.scan == EvidenceScan.NOT_SCANNED
    assert default_storage.open(file.storage_name).read() == PDF
    assert AuditEvent.objects.filter(event="evidence.stored", target_id=file.pk).exists()


def test_a_program_named_pdf_is_refused(cast, now):
    with pytest.raises(RuleViolation, match="is a program, whatever its name says"):
        stored(cast, now, upload=pdf("report.pdf", PROGRAM))
    assert not EvidenceFile.objects.exists()


@pytest.mark.parametrize("name", ["run.bat", "page.html", "drawing.svg", "macro.ps1"])
def test_a_name_that_a_machine_would_run_or_show_as_a_page_is_refused(name):
    assert media_types.problem_with(name, 5, b"notes", limit=100)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"uln,name\n1,2\n"),
        ("photo.heic.png", PNG),
        ("notes.txt", "Zażółć".encode()),
        ("x.pdf", PDF),
    ],
)
def test_usual_evidence_is_taken(name, content):
    assert media_types.problem_with(name, len(content), content, limit=10_000) is None


def test_a_word_file_and_an_archive_are_told_apart_and_both_taken():
    office, plain = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(office, "w") as archive:
        for name in ("[Content_Types].xml", "_rels/.rels", "word/document.xml"):
            archive.writestr(name, "x" * 100)
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("work.txt", "x")
    assert media_types.media_type(office.getvalue()).endswith("wordprocessingml.document")
    assert media_types.media_type(plain.getvalue()) == "application/zip"


def test_a_file_over_the_limit_is_refused_and_the_limit_is_named(cast, now, settings):
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    with pytest.raises(RuleViolation, match="A file may have up to 1 MB"):
        stored(cast, now, upload=pdf(content=PDF + b"0" * 1024 * 1024))


def test_an_empty_file_is_refused(cast, now):
    with pytest.raises(RuleViolation, match="is empty"):
        stored(cast, now, upload=pdf(content=b""))


def test_names_lose_folders_and_hidden_characters():
    assert media_types.tidy_name("C:\\Users\\x\\plan\u202efdp.exe\n") == "planfdp.exe"
    assert media_types.tidy_name("../../etc/passwd") == "passwd"
    assert len(media_types.tidy_name("a" * 400 + ".pdf")) == 200
    assert media_types.tidy_name("a" * 400 + ".pdf").endswith(".pdf")


def test_adding_evidence_needs_the_permission(cast, now):
    with pytest.raises(NotPermitted):
        stored(cast, now, by="outsider")


def test_a_replaced_file_stays_as_an_earlier_version(cast, now):
    first = stored(cast, now)
    second = stored(cast, now, replaces_id=first.pk)
    third = stored(cast, now, replaces_id=second.pk)
    assert newest_versions(cast.northgate.centre.pk, [first.pk])[first.pk] == third
    with pytest.raises(RuleViolation, match="newer version"):
        stored(cast, now, replaces_id=first.pk)


def test_a_file_that_is_linked_nowhere_is_its_uploaders_only(cast, now, sign_in, no_links):
    file = stored(cast, now)
    response = sign_in(cast["qn"]).get(reverse("evidence-file", args=[file.pk]))
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert sign_in(cast["head"]).get(reverse("evidence-file", args=[file.pk])).status_code == 404


def test_a_link_opens_every_version_to_whom_it_allows(cast, now, sign_in, no_links):
    first = stored(cast, now)
    second = stored(cast, now, replaces_id=first.pk)
    evidence_access.register(
        "test", lambda person, ids: {first.pk} & set(ids) if person.name == cast["head"].name else set()
    )
    for file in (first, second):
        assert sign_in(cast["head"]).get(reverse("evidence-file", args=[file.pk])).status_code == 200
    assert sign_in(cast["leader"]).get(reverse("evidence-file", args=[first.pk])).status_code == 404


def test_r23_evidence_of_another_centre_does_not_exist(cast, now, sign_in, monkeypatch):
    file = stored(cast, now)
    monkeypatch.setattr(evidence_access, "_LINKS", {})
    evidence_access.register("test", lambda person, ids: set(ids))
    assert sign_in(cast["outsider"]).get(reverse("evidence-file", args=[file.pk])).status_code == 404


def test_a_scan_that_found_something_stands_in_the_way(cast, now, sign_in, settings):
    file = stored(cast, now)
    url = reverse("evidence-file", args=[file.pk])
    EvidenceFile.objects.filter(pk=file.pk).update(scan=EvidenceScan.INFECTED)
    assert sign_in(cast["qn"]).get(url).status_code == 409
    EvidenceFile.objects.filter(pk=file.pk).update(scan=EvidenceScan.NOT_SCANNED)
    settings.OPEN_UNSCANNED_EVIDENCE = False
    assert b"has not been scanned yet" in sign_in(cast["qn"]).get(url).content


def test_a_removed_file_is_gone_from_sight_but_kept(cast, now, sign_in, no_links):
    file = stored(cast, now)
    evidence.remove(file_id=file.pk, by=cast["qn"], at=now)
    assert evidence.remove(file_id=file.pk, by=cast["qn"], at=now).removed_at == now
    assert AuditEvent.objects.filter(event="evidence.removed").count() == 1
    assert default_storage.exists(file.storage_name)
    assert sign_in(cast["qn"]).get(reverse("evidence-file", args=[file.pk])).status_code == 404


def test_r96_a_file_that_something_issued_rests_on_stays(cast, now, no_links):
    file = stored(cast, now)
    evidence_access.register("test", lambda person, ids: set(), keeps=lambda ids: set(ids))
    with pytest.raises(RuleViolation, match="so it stays"):
        evidence.remove(file_id=file.pk, by=cast["qn"], at=now)


def test_removing_is_the_uploaders(cast, now, no_links):
    file = stored(cast, now)
    with pytest.raises(NotPermitted):
        evidence.remove(file_id=file.pk, by=cast["leader"], at=now)


def test_the_field_takes_several_files_and_says_what_is_wrong_with_each():
    field = EvidenceField(label="Files")
    assert [upload.name for upload in field.clean([pdf(), pdf("b.pdf")])] == ["plan.pdf", "b.pdf"]
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as refused:
        field.clean([pdf(), pdf("c.pdf", PROGRAM), pdf("d.pdf", b"")])
    assert len(refused.value.messages) == 2
    assert "50 MB" in field.help_text

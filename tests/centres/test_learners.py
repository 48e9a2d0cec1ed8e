"""Learners: adding, changing, finding, and who may see them."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from centres.models import Learner
from centres.operations import learners
from centres.queries.learners import LearnerFilter, learners_of, one_page, same_person
from qa_portal.errors import EditConflict, NotPermitted, RuleViolation
from qa_portal.models import AuditEvent
from qa_portal.tenancy import Side
from tests.cast import teach, ulns
from tests.factories.centres import AccessGrantFactory
from tests.factories.programmes import LearnerFactory


def add(cast, now, **more):
    values = {
        "centre_id": cast.northgate.centre.pk, "given_name": "Amira", "family_name": "Hassan",
        "date_of_birth": date(2008, 5, 17), "uln": "",
    }  # fmt: skip
    return learners.add(by=more.pop("by", cast["exams"]), at=now, **(values | more))


def test_a_learner_is_added_and_the_trail_holds_no_name(cast, now):
    learner = add(cast, now, uln=" 1000 000019 ", family_name="  El   Hassan ")
    assert (learner.uln, learner.family_name) == ("1000000019", "El Hassan")
    event = AuditEvent.objects.get(event="learner.added")
    assert "Hassan" not in str(event.details)
    assert "1000000019" not in str(event.details)


def test_r31_a_uln_is_one_learners_in_a_centre(cast, now):
    add(cast, now, uln=ulns()[0])
    with pytest.raises(RuleViolation, match="Another learner of this centre") as refused:
        add(cast, now, uln=ulns()[0], given_name="Bo")
    assert refused.value.rule == "R31"
    LearnerFactory(centre=cast.harbour.centre, uln=ulns()[0])


def test_r31_the_same_name_and_date_of_birth_is_a_warning(cast, now):
    learner = add(cast, now)
    here = cast.northgate.centre.pk
    assert same_person(here, given_name="amira", family_name="HASSAN", born=date(2008, 5, 17)) == [learner]
    assert same_person(here, given_name="Amira", family_name="Hassan", born=date(2008, 5, 18)) == []
    assert add(cast, now).pk != learner.pk


@pytest.mark.parametrize("uln", ["1000000018", "0123456789", "123", "100000001X"])
def test_r32_a_mistyped_uln_is_refused(cast, now, uln):
    with pytest.raises(RuleViolation) as refused:
        add(cast, now, uln=uln)
    assert refused.value.rule == "R32"
    assert not Learner.objects.exists()


@pytest.mark.parametrize("born", [date(2026, 1, 1), date(1886, 1, 1)])
def test_an_implausible_date_of_birth_is_refused(cast, now, born):
    with pytest.raises(RuleViolation, match="Check the year"):
        add(cast, now, date_of_birth=born)


def test_two_people_editing_one_learner_lose_nothing(cast, now):
    learner = add(cast, now)
    opened = learners.revision_of(learner)
    change = {
        "learner_id": learner.pk, "given_name": "Amira", "family_name": "Hassan", "uln": "", "revision": opened,
        "date_of_birth": learner.date_of_birth, "by": cast["exams"], "at": now,
    }  # fmt: skip
    learners.change(**change, reference="L-1")
    with pytest.raises(EditConflict):
        learners.change(**change, reference="L-2")
    assert Learner.objects.get().reference == "L-1"


def test_editing_is_the_examinations_officers(cast, now):
    with pytest.raises(NotPermitted):
        add(cast, now, by=cast["qn"])
    with pytest.raises(NotPermitted):
        add(cast, now, by=cast["outsider"])


def _names(cast, text: str = "", person: str = "exams", **wanted) -> list[str]:
    rows = learners_of(cast[person], cast.northgate.centre.pk, LearnerFilter(text=text, **wanted))
    return [learner.name for learner in rows]


def test_a_name_is_found_by_its_beginning_in_either_order(cast, now):
    add(cast, now)
    add(cast, now, given_name="Ben", family_name="Hasler", uln=ulns()[3], reference="L-77")
    assert _names(cast, "has") == ["Ben Hasler", "Amira Hassan"]
    assert _names(cast, "Hassan Ami") == ["Amira Hassan"]
    assert _names(cast, "amira hass") == ["Amira Hassan"]
    assert _names(cast, "assan") == []
    assert _names(cast, ulns()[3]) == ["Ben Hasler"]
    assert _names(cast, "L-77") == ["Ben Hasler"]


def test_pages_of_learners_hold_each_learner_once(cast, now):
    for i in range(7):
        LearnerFactory(
            centre=cast.northgate.centre, given_name="Sam", family_name="Same" if i < 4 else f"Z{i}"
        )
    seen, after = [], ""
    for _ in range(4):
        rows = learners_of(cast["exams"], cast.northgate.centre.pk, LearnerFilter(), after=after)
        found, after = one_page(rows, size=3)
        seen += [learner.pk for learner in found]
        if not after:
            break
    assert len(seen) == len(set(seen)) == 7


def test_r23_a_person_of_one_programme_sees_its_learners_only(cast, now):
    first, second = cast.northgate.programmes[:2]
    teach(cast.northgate, first, learners=2)
    teach(cast.northgate, second, learners=3, first_uln=10)
    person = cast["sv"]
    AccessGrantFactory(person=person, role="standards_verifier", centre=cast.northgate.centre, programme=first,
                       starts_on=date(2026, 9, 1))  # fmt: skip
    assert Learner.objects.visible_to(person).count() == 2
    assert Learner.objects.visible_to(cast["qn"]).count() == 5


def test_r23_learners_of_another_centre_do_not_exist(cast, now, sign_in, scope):
    learner = add(cast, now)
    assert sign_in(cast["exams"]).get(reverse("learner", args=[learner.pk])).status_code == 200
    for name in ("learner", "learner-change", "enrol"):
        assert sign_in(cast["outsider"]).get(reverse(name, args=[learner.pk])).status_code == 404
    assert sign_in(cast["outsider"]).get(reverse("learners", args=["10101"])).status_code == 404
    scope(cast.harbour.centre.pk, side=Side.CENTRE)
    assert not Learner.objects.exists()

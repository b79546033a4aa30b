"""What several places of a register say of one entry."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from ontology.iris import Iris
from ontology.registers import RegisterRecord, Status

IRI = Iris().register_record("egrul", "1")


def entry(
    name: str,
    status: Status = "in-force",
    text: str = "",
    begin: date | None = None,
    end: date | None = None,
    *,
    mentioned: bool = False,
) -> RegisterRecord:
    return RegisterRecord(
        iri=IRI,
        register="egrul",
        key="1",
        kind="organisation",
        name=name,
        status=status,
        status_text=text,
        valid_from=begin,
        valid_to=end,
        mentioned=mentioned,
    )


def test_what_an_entry_says_of_itself_goes_before_what_others_say_of_it() -> None:
    own = entry("Школа № 1", "ceased", "ликвидирована", date(2002, 1, 1), date(2020, 1, 1))
    as_successor = entry("МБОУ ШКОЛА 1", mentioned=True)
    as_predecessor = entry("МБОУ ШКОЛА 1", "ceased", mentioned=True)
    for first, second, third in permutations((own, as_successor, as_predecessor)):
        joined = first.joined(second).joined(third)
        assert (joined.name, joined.status, joined.status_text) == ("Школа № 1", "ceased", "ликвидирована")
        assert (joined.valid_from, joined.valid_to, joined.mentioned) == (date(2002, 1, 1), date(2020, 1, 1), False)
    assert as_successor.joined(as_predecessor).status == as_predecessor.joined(as_successor).status == "ceased"


@pytest.mark.parametrize("turned", [False, True])
def test_state_and_period_are_those_of_one_certificate(*, turned: bool) -> None:
    old = entry("Школа № 1", "ceased", "Переоформлено", date(2010, 3, 1), date(2015, 3, 1))
    new = entry("Школа № 1", "in-force", "Действующее", date(2015, 3, 2), date(2027, 3, 2))
    joined = new.joined(old) if turned else old.joined(new)
    assert (joined.status, joined.status_text) == ("in-force", "Действующее")
    assert (joined.valid_from, joined.valid_to) == (date(2015, 3, 2), date(2027, 3, 2))


def test_an_entry_without_dates_is_joined() -> None:
    assert entry("Школа", "suspended").joined(entry("Школа", "ceased", end=date(2015, 3, 1))).status == "suspended"

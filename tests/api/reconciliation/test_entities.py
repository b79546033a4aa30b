"""Names are found as one types; those of a large register are read beside the requests, which wait within a limit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from pyoxigraph import Literal, NamedNode

from api.reconciliation import entities
from api.reconciliation.entities import MANY, MOST_AHEAD, Entities, ReconciledVersions
from graph.errors import GraphError, PoolBusyError
from tests.patience import PATIENCE, wait_until


class Reading:
    """In the place of the entities: read only when `may_read` is set; `count` of them; `begun` tells their versions."""

    may_read: ClassVar = Event()
    begun: ClassVar[list[int]] = []
    count = 1
    fails = False

    def __init__(self, knowledge: Any, *, before: object = None) -> None:  # noqa: ANN401  (stands for a data version)
        may_read = self.may_read
        self.begun.append(knowledge.version)
        assert may_read.wait(PATIENCE)
        if self.fails:
            raise GraphError("the data went")
        self.version, self.before = knowledge.version, before
        self.entities = dict.fromkeys(range(self.count))


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> type[Reading]:
    class Own(Reading):
        may_read: ClassVar = Event()
        begun: ClassVar[list[int]] = []

    monkeypatch.setattr(entities, "Entities", Own)
    return Own


def data(version: int) -> Any:  # noqa: ANN401  (all that is asked of a data version here is its number)
    return SimpleNamespace(version=version, snapshot=None)


def test_the_first_reading_is_waited_for_within_a_limit(reading: type[Reading]) -> None:
    versions = ReconciledVersions()
    with pytest.raises(PoolBusyError, match="try again"):
        versions.ready(data(1), patience=0)
    reading.may_read.set()
    assert versions.ready(data(1)).version == 1
    assert versions.ready(data(1), patience=0).version == 1


def test_many_names_of_before_answer_while_the_new_ones_are_read(reading: type[Reading]) -> None:
    reading.count = entities.MANY + 1
    versions = ReconciledVersions()
    reading.may_read.set()
    versions.ready(data(1))
    reading.may_read.clear()
    assert versions.ready(data(2), patience=0).version == 1
    reading.may_read.set()
    assert versions.of(data(2)).version == 2
    assert versions.ready(data(2), patience=0).version == 2


def test_few_names_are_those_of_the_version_asked_for(reading: type[Reading]) -> None:
    versions = ReconciledVersions()
    reading.may_read.set()
    versions.ready(data(1))
    assert versions.ready(data(2)).version == 2


def test_a_reading_that_failed_is_told_and_tried_again(reading: type[Reading]) -> None:
    versions = ReconciledVersions()
    reading.may_read.set()
    reading.fails = True
    with pytest.raises(GraphError, match="the data went"):
        versions.ready(data(1))
    reading.fails = False
    assert versions.ready(data(1)).version == 1


def test_a_version_whose_reading_is_slow_keeps_nobody_from_another(reading: type[Reading]) -> None:
    versions = ReconciledVersions()
    with ThreadPoolExecutor() as threads:
        slow = threads.submit(versions.of, data(1))
        wait_until(lambda: reading.begun == [1])
        reading.may_read, go_on = Event(), reading.may_read
        reading.may_read.set()
        assert versions.of(data(2)).version == 2
        assert not slow.done()
        go_on.set()
        assert slow.result(PATIENCE).version == 1
    # The one that came late is no newer.
    assert versions.ready(data(2), patience=0).version == 2
    assert reading.begun == [1, 2]


def test_of_many_names_one_version_is_read_at_a_time(reading: type[Reading]) -> None:
    reading.count = entities.MANY + 1
    versions = ReconciledVersions()
    reading.may_read.set()
    versions.ready(data(1))
    reading.may_read.clear()
    assert [versions.ready(data(number), patience=0).version for number in (2, 3, 4)] == [1, 1, 1]
    reading.may_read.set()
    wait_until(lambda: versions.ready(data(4), patience=0).version == 4)
    assert reading.begun == [1, 2, 4]


@pytest.mark.parametrize(
    ("records", "read"), [(0, [1]), (MANY, [1]), (MANY + 1, [1]), (MOST_AHEAD, [1]), (MOST_AHEAD + 1, [])]
)
def test_names_of_all_but_the_largest_registers_are_read_ahead(
    reading: type[Reading], monkeypatch: pytest.MonkeyPatch, records: int, read: list[int]
) -> None:
    editions = [SimpleNamespace(records=records, current=True), SimpleNamespace(records=10**6, current=False)]
    monkeypatch.setattr(entities, "loaded_editions", lambda _snapshot: editions)
    reading.may_read.set()
    ReconciledVersions().read_ahead(data(1))
    wait_until(lambda: reading.begun == read)


def test_reading_many_names_ahead_keeps_nobody_waiting_and_is_not_done_twice(
    reading: type[Reading], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading.count = MANY + 1
    editions = [SimpleNamespace(records=MANY + 1, current=True)]
    monkeypatch.setattr(entities, "loaded_editions", lambda _snapshot: editions)
    versions = ReconciledVersions()
    versions.read_ahead(data(1))
    versions.read_ahead(data(1))
    with pytest.raises(PoolBusyError, match="try again"):
        versions.ready(data(1), patience=0)
    reading.may_read.set()
    assert versions.ready(data(1)).version == 1
    # Those of before answer, so the new ones are read when they are asked for.
    versions.read_ahead(data(2))
    assert versions.are_ready(data(2))
    assert reading.begun == [1]


def named(before: Entities | None = None, /, **things: tuple[str, ...]) -> Entities:
    """Entities by id, each with its type and its names."""
    rows = [
        (NamedNode(f"urn:{key}"), Literal(kind), Literal("other"), Literal(name))
        for key, (kind, *names) in things.items()
        for name in names
    ]
    stands: Any = SimpleNamespace(version=1, snapshot=None, rows=lambda *_: iter(rows))
    return Entities(stands, before=before)


def test_a_version_in_which_nothing_is_called_otherwise_takes_over_what_is_ready() -> None:
    before = named(toipkro=("body", "ТОИПКРО"), theme=("theme", "Наставничество"))
    same = named(before, toipkro=("body", "ТОИПКРО"), theme=("theme", "Наставничество"))
    assert same.matcher is before.matcher
    assert begun(same, "тоип") == ["toipkro"]
    other = named(before, toipkro=("body", "ТОИПКРО"), theme=("theme", "Наставники"))
    assert other.matcher is not before.matcher
    assert begun(other, "наставни") == ["theme"]
    assert begun(other, "наставничество") == []


def begun(found: Entities, prefix: str, *types: str, limit: int = 20) -> list[str]:
    return [entity.iri.value.removeprefix("urn:") for entity in found.beginning(prefix, types, limit)]


def test_names_that_begin_so_come_as_in_a_dictionary_records_last_and_each_thing_once() -> None:
    found = named(
        record=("organisation-record", "Томск", "Томь"),
        district=("territory", "Томский район", "Томский р-н"),
        region=("territory", "Томская область", "ТО"),
        city=("territory", "город Томск", "Томск"),
        office=("body", "Томский департамент"),
        other=("body", "Департамент Томска"),
    )
    assert begun(found, "том") == ["city", "region", "office", "district", "record"]


def test_what_is_called_just_so_comes_first() -> None:
    found = named(
        district=("territory", "Томск 1"), city=("territory", "«Томск»"), record=("organisation-record", "ТОМСК")
    )
    assert begun(found, "томск ") == ["city", "record", "district"]


def test_types_and_a_limit_narrow_what_begins_so() -> None:
    found = named(
        **{f"school{number:02}": ("organisation-record", f"Школа № {number:02}") for number in range(30)},
        body=("body", "Школа юного лектора"),
        region=("territory", "Ямал"),
    )
    assert begun(found, "шк", limit=3) == ["body", "school00", "school01"]
    assert begun(found, "шк", "organisation-record", limit=2) == ["school00", "school01"]
    assert begun(found, "шк", "territory") == []
    assert begun(found, "я") == ["region"]


@pytest.mark.parametrize("prefix", ["", " ", "«»", "ящ"])
def test_nothing_begins_with_nothing(prefix: str) -> None:
    assert begun(named(region=("territory", "Ямал", "—")), prefix) == []

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from graph.inference import infer
from graph.results import Table
from graph.store import Store
from loaders.linking.decisions import Decision, DecisionError, Decisions, decide, undo
from loaders.linking.sssom import read_sssom, write_sssom
from ontology.iris import Iris

BODY = NamedNode("https://w3id.org/vekha/id/body/tomsk-obl_toipkro")
RIGHT = NamedNode("https://w3id.org/vekha/registry/accreditation/1")
WRONG = NamedNode("https://w3id.org/vekha/registry/accreditation/2")
OTHER = NamedNode("https://w3id.org/vekha/id/body/tambov-obl_toipkro")
EDITION = NamedNode("https://w3id.org/vekha/graph/registry/accreditation/2026-04")
TERRITORY = NamedNode("https://w3id.org/vekha/registry/oktmo/3")
LINKS = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?property ?record WHERE {
  VALUES ?property { skos:exactMatch skos:closeMatch skos:broadMatch } ?thing ?property ?record
} ORDER BY ?record
"""


def decided(record: NamedNode | None, state: str = "exactMatch", *, at: int = 1, author: str = "Анна") -> Decision:
    made = f"2026-11-22T10:00:{at:02}Z"
    return Decision(thing=BODY, record=record, state=state, author=author, made=made, seen="ТОИПКРО; in-force")  # type: ignore[arg-type]


def links(store: Store) -> list[str]:
    answer = store.snapshot().query(LINKS)
    assert isinstance(answer, Table)
    return [f"{row[0].value.rpartition('#')[2]} {row[1].value.rpartition('/')[2]}" for row in answer.rows]  # type: ignore[union-attr]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", rules=[infer]) as found:
        yield found


def test_a_link_is_a_triple_and_a_decision_with_who_and_when(store: Store) -> None:
    decide(store, Iris(), [decided(RIGHT)])
    assert links(store) == ["exactMatch 1"]
    (found,) = Decisions.read(store.snapshot()).all()
    assert found == decided(RIGHT)


def test_another_exact_match_in_the_same_register_replaces_the_first(store: Store) -> None:
    decide(store, Iris(), [decided(WRONG)])
    decide(store, Iris(), [decided(RIGHT, at=2, author="Борис")])
    decide(store, Iris(), [decided(TERRITORY, at=3)])
    assert links(store) == ["exactMatch 1", "exactMatch 3"]
    before = Decisions.read(store.snapshot()).all()[0]
    assert (before.record, before.undone_by, before.active) == (WRONG, "Борис", False)


def test_a_refusal_is_kept_and_leaves_the_thing_in_the_queue(store: Store) -> None:
    decide(store, Iris(), [decided(WRONG, "refused")])
    known = Decisions.read(store.snapshot())
    assert links(store) == []
    assert known.settled(BODY) is None
    assert [one.record for one in known.of(BODY)] == [WRONG]


def test_a_link_after_a_refusal_of_the_same_entry_replaces_it(store: Store) -> None:
    decide(store, Iris(), [decided(RIGHT, "refused")])
    decide(store, Iris(), [decided(RIGHT, "closeMatch", at=2)])
    assert links(store) == ["closeMatch 1"]
    assert [one.active for one in Decisions.read(store.snapshot()).all()] == [False, True]


@pytest.mark.parametrize("state", ["not-in-register", "not-an-entity", "deferred"])
def test_a_thing_without_an_entry_is_settled_and_loses_its_links(store: Store, state: str) -> None:
    decide(store, Iris(), [decided(RIGHT)])
    decide(store, Iris(), [decided(None, state, at=2)])
    settled = Decisions.read(store.snapshot()).settled(BODY)
    assert settled is not None
    assert settled.state == state
    assert links(store) == []


def test_what_was_undone_stays_and_links_no_more(store: Store) -> None:
    decide(store, Iris(), [decided(RIGHT)])
    key = decided(RIGHT).key
    undo(store, Iris(), key, author="Борис", at="2026-11-22T11:00:00Z")
    assert links(store) == []
    found = Decisions.read(store.snapshot()).get(key)
    assert (found.undone, found.undone_by) == ("2026-11-22T11:00:00Z", "Борис")
    with pytest.raises(DecisionError, match="undone already"):
        undo(store, Iris(), key, author="Борис", at="2026-11-22T12:00:00Z")
    with pytest.raises(DecisionError, match="no decision"):
        undo(store, Iris(), "0" * 16, author="Борис", at="2026-11-22T12:00:00Z")


@pytest.mark.parametrize(("record", "state"), [(None, "exactMatch"), (RIGHT, "not-in-register"), (RIGHT, "sameAs")])
def test_what_makes_no_sense_is_no_decision(record: NamedNode | None, state: str) -> None:
    with pytest.raises(DecisionError):
        decided(record, state)


@pytest.mark.parametrize(
    ("seen", "called"),
    [
        ("ТОИПКРО; in-force", "ТОИПКРО"),
        ("Школа № 1; ДОО; ceased; 2020-12-31", "Школа № 1; ДОО"),
        ("TOIPKRO; Wikidata", "TOIPKRO; Wikidata"),
        (None, ""),
    ],
)
def test_what_an_entry_was_called_has_no_word_for_programs(seen: str | None, called: str) -> None:
    decision = Decision(thing=BODY, record=RIGHT, state="refused", author="x", made="2026-11-22T10:00:00Z", seen=seen)
    assert decision.called == called


def test_decisions_survive_a_reopened_store(tmp_path: Path) -> None:
    with Store.open(tmp_path / "data", rules=[infer]) as store:
        decide(store, Iris(), [decided(RIGHT), decided(WRONG, "refused")])
    with Store.open(tmp_path / "data", rules=[infer]) as store:
        assert len(Decisions.read(store.snapshot()).all()) == 2
        assert links(store) == ["exactMatch 1"]


def test_out_and_in_by_sssom(store: Store) -> None:
    made = [
        decided(RIGHT),
        decided(WRONG, "refused"),
        Decision(
            thing=TERRITORY,
            state="not-in-register",
            author="Веха 0.1",
            made="2026-11-22T00:00:00Z",
            confidence=0.25,
            reason="нет\tв «реестре»\nсовсем",
            by_software=True,
        ),
        Decision(
            thing=OTHER,
            record=RIGHT,
            state="exactMatch",
            author="Веха 0.1",
            made="2026-11-22T00:00:00Z",
            by_software=True,
            rule="name-and-region",
            edition=EDITION,
        ),
    ]
    text = write_sssom(made, {BODY: "ТОИПКРО"}, set_id="https://x/set", version=7, licence="CC BY 4.0")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(lines) == 5
    assert "# mapping_set_id: https://x/set" in text
    again = read_sssom(text, author="кто-то", made="2026-11-23T00:00:00Z")
    assert [(one.thing, one.record, one.state, one.author, one.by_software) for one in again] == [
        (one.thing, one.record, one.state, one.author, one.by_software) for one in made
    ]
    assert again[2].reason == "нет в «реестре» совсем"
    assert (again[3].rule, again[3].edition) == ("name-and-region", EDITION)
    decide(store, Iris(), again)
    assert links(store) == ["exactMatch 1", "exactMatch 1"]
    (kept,) = Decisions.read(store.snapshot()).of(OTHER)
    assert (kept.rule, kept.edition) == ("name-and-region", EDITION)


def taken(store: Store, text: str, *, author: str = "Борис", made: str = "2026-11-23T12:00:00Z") -> tuple[int, int]:
    """How many decisions of a file were new, and how many stand in the store then."""
    new = Decisions.read(store.snapshot()).unknown(read_sssom(text, author=author, made=made))
    if new:
        decide(store, Iris(), new)
    return len(new), len(Decisions.read(store.snapshot()).all())


def exported(store: Store) -> str:
    return write_sssom(Decisions.read(store.snapshot()).all(), {}, set_id="https://x/set", version=1, licence="CC BY")


def test_what_was_exported_is_known_when_it_comes_back(store: Store, tmp_path: Path) -> None:
    decide(store, Iris(), [decided(RIGHT, at=5), decided(WRONG, "refused", at=6), decided(TERRITORY, at=7)])
    text = exported(store)
    assert taken(store, text) == (0, 3)
    with Store.open(tmp_path / "other", rules=[infer]) as other:
        assert taken(other, text) == (3, 3)
        assert taken(other, text) == (0, 3)
        back = exported(other)
    assert taken(store, back) == (0, 3)


def test_what_was_undone_or_replaced_here_stays_so_when_its_file_comes_again(store: Store) -> None:
    decide(store, Iris(), [decided(WRONG), decided(TERRITORY)])
    text = exported(store)
    undo(store, Iris(), decided(TERRITORY).key, author="Борис", at="2026-11-22T11:00:00Z")
    decide(store, Iris(), [decided(RIGHT, at=2)])
    assert taken(store, text) == (0, 3)
    assert links(store) == ["exactMatch 1"]


def test_lines_without_author_or_day_are_known_when_they_hold(store: Store) -> None:
    text = f"subject_id\tpredicate_id\tobject_id\n{BODY.value}\tskos:exactMatch\t{RIGHT.value}\n"
    assert taken(store, text) == (1, 1)
    assert taken(store, text, author="Анна", made="2027-01-01T00:00:00Z") == (0, 1)


def test_lines_that_repeat_make_one_decision(store: Store) -> None:
    line = f"{BODY.value}\tskos:exactMatch\t{RIGHT.value}\t"
    text = f"subject_id\tpredicate_id\tobject_id\tauthor_label\n{line}Анна\n{line}Анна\n{line}Вера\n"
    assert taken(store, text) == (1, 1)


def test_a_person_confirms_what_a_program_linked_and_not_the_other_way(store: Store) -> None:
    by_program = Decision(
        thing=BODY, record=RIGHT, state="exactMatch", author="Веха", made="2026-11-21T00:00:00Z", by_software=True
    )
    decide(store, Iris(), [by_program])
    known = Decisions.read(store.snapshot())
    assert known.unknown([decided(RIGHT)]) == [decided(RIGHT)]
    decide(store, Iris(), [decided(RIGHT)])
    later = Decision(
        thing=BODY, record=RIGHT, state="exactMatch", author="Веха", made="2026-12-01T00:00:00Z", by_software=True
    )
    assert Decisions.read(store.snapshot()).unknown([later]) == []


@pytest.mark.parametrize(
    "other", [decided(RIGHT, "refused"), decided(WRONG), decided(None, "not-in-register"), decided(None, "deferred")]
)
def test_what_cannot_stand_together_is_refused_together(store: Store, other: Decision) -> None:
    with pytest.raises(DecisionError, match="Two decisions on"):
        decide(store, Iris(), [decided(RIGHT), other])
    assert Decisions.read(store.snapshot()).all() == []


ALL = "subject_id\tpredicate_id\tobject_id\tmapping_date\tconfidence\tcomment\nhttp://x\tskos:exactMatch\thttp://y"


def test_quotes_within_a_text_of_a_file_are_none_of_a_table() -> None:
    (one,) = read_sssom(f'{ALL}\t2026-01-02\t0.5\tинститут "ТОИПКРО"\n', author="x", made="2026-11-22T00:00:00Z")
    assert (one.reason, one.confidence, one.made) == ('институт "ТОИПКРО"', 0.5, "2026-01-02T00:00:00Z")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no mappings"),
        ("subject_id\tpredicate_id\nx\ty\n", "Line 1: the column object_id is missing"),
        ("# a\nsubject_id\tpredicate_id\tobject_id\nhttp://x\tskos:exactMatch\tсо бел\n", "Line 3: "),
        ("subject_id\tpredicate_id\tobject_id\nhttp://x\towl:sameAs\thttp://y\n", "Line 2: «owl:sameAs»"),
        ("subject_id\tpredicate_id\tobject_id\nhttp://x\thttp://z#exactMatch\thttp://y\n", "Line 2: «http://z#exact"),
        (f'{ALL}\t\t\t"нет\nв реестре"\n', "Line 2: a text in quotes does not end in its line"),
        (f'{ALL}\t\t\t"{"x" * 200_000}""\n', "Line 2: a text in quotes does not end in its line, or is too long"),
        (f"{ALL}\tвчера\t\t\n", "Line 2: «вчера» is no date"),
        (f"{ALL}\t2026-13-45\t\t\n", "Line 2: «2026-13-45» is no date"),
        (f"{ALL}\t\tсто\t\n", "Line 2: «сто» is no number from 0 to 1"),
        (f"{ALL}\t\tnan\t\n", "Line 2: «nan» is no number from 0 to 1"),
        (f"{ALL}\t\t5\t\n", "Line 2: «5» is no number from 0 to 1"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_line(text: str, told: str) -> None:
    with pytest.raises(DecisionError, match=told):
        read_sssom(text, author="x", made="2026-11-22T00:00:00Z")

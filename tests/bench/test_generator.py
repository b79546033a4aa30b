from __future__ import annotations

from pathlib import Path

import pytest

from bench.generator import Generator, Known, write_folder, write_n_quads
from graph.changes import Commit
from graph.folder import DataFolder
from graph.inference import infer
from graph.results import Table
from graph.snapshots import Snapshot, Versions
from graph.store import Store
from graph.validation import Severity, Validator
from loaders.extract import extract
from loaders.quads import build_quads
from ontology.iris import HOME
from ontology.vocabulary import VEKHA
from queries.binding import bind
from queries.catalogue import Catalogue

QUADS = 30_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Known]:
    folder = tmp_path_factory.mktemp("made-up") / "data"
    return folder, write_folder(folder, QUADS)


@pytest.fixture
def snapshot(made: tuple[Path, Known]) -> Snapshot:
    return Versions(DataFolder(made[0])).open()


def ask(snapshot: Snapshot, question: str, **values: object) -> Table:
    answer = snapshot.query(bind(Catalogue.read(HOME)[question], values))  # type: ignore[arg-type]  # plain values
    assert isinstance(answer, Table)
    return answer


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        write_n_quads(tmp_path / name, 5_000, seed=seed)
    one, again, other = ((tmp_path / name).read_bytes() for name in ("one", "again", "other"))
    assert one == again
    assert one != other


def test_a_smaller_set_is_the_beginning_of_a_larger_one(tmp_path: Path) -> None:
    write_n_quads(tmp_path / "small", 5_000)
    write_n_quads(tmp_path / "large", 15_000)
    small, large = (tmp_path / "small").read_bytes(), (tmp_path / "large").read_bytes()
    assert large.startswith(small)
    assert len(large) > len(small)


def test_what_is_made_up_satisfies_the_shapes() -> None:
    generator = Generator()
    made = [quad for found in generator.documents(QUADS) for quad in (*found.document, *found.persons)]
    context = [triple for triples in generator.shared_graphs().values() for triple in triples]
    report = Validator().check(made, context=context)
    assert not report.of(Severity.VIOLATION)


def test_its_statements_are_those_of_the_example_documents(examples: Path) -> None:
    generator = Generator()
    real, rows, quads = set(), 0, 0
    for path in sorted(examples.glob("*.txt")):
        extraction = extract(path, reference=generator.reference)
        found = build_quads(extraction, iris=generator.iris, reference=generator.reference)
        real |= {quad.predicate for quad in (*found.document, *found.persons)}
        rows += len(extraction.rows)
        quads += len(found.document) + len(found.persons)
    made = {quad.predicate for found in generator.documents(QUADS) for quad in found.document}
    # A municipality that the reference data lack is said to lie in its region; those of the examples are known.
    assert made - {VEKHA.within} <= real
    # What the examples have and it lacks: provisions, footnotes, references, conditions, corrections, acts.
    assert len(made) > 0.7 * len(real)
    known = generator.known
    assert known.quads / (known.activities + known.form_items) == pytest.approx(quads / rows, rel=0.25)


def test_ready_questions_find_what_was_made_up(made: tuple[Path, Known], snapshot: Snapshot) -> None:
    known = made[1]
    assert len(ask(snapshot, "activities-without-responsible").rows) == known.without_actor > 0
    (year, month), due = known.due.most_common(1)[0]
    assert len(ask(snapshot, "due-in-month", year=year, month=month).rows) == due > 0
    actor, named = known.named.most_common(1)[0]
    assert len(ask(snapshot, "activities-of-body", actor=actor).rows) == named > 0
    assert len(ask(snapshot, "target-series").rows) == known.dated_targets > 0
    counts = ask(snapshot, "activities-per-roadmap", theme="mentoring")
    column = {name: position for position, name in enumerate(counts.columns)}
    told = {row[column["roadmap"]].value: int(row[column["activities"]].value) for row in counts.rows}  # type: ignore[union-attr]
    assert told == dict(known.mentoring)
    assert sum(told.values()) > 0


def test_the_bulk_loaded_folder_is_what_commits_give(snapshot: Snapshot, tmp_path: Path) -> None:
    generator = Generator()
    with Store.open(tmp_path / "data", rules=[infer]) as store:
        shared = generator.shared_graphs()
        store.commit(Commit(replace=shared, current=frozenset(shared)))
        store.commit_documents(generator.commits(QUADS))
        committed = store.snapshot()
        assert committed.graphs() == snapshot.graphs()
        for name in (None, *committed.graphs()):
            assert set(committed.triples(name)) == set(snapshot.triples(name)), name


def test_the_writer_goes_on_from_it(tmp_path: Path) -> None:
    known = write_folder(tmp_path / "data", 5_000)
    generator = Generator(seed=7)
    with Store.open(tmp_path / "data", rules=[infer]) as store:
        before = store.version
        (document,) = generator.commits(1)
        assert store.commit_document(document) == before + 1
        assert len(ask(store.snapshot(), "activities-per-roadmap").rows) >= known.roadmaps

"""
Made-up roadmaps in our ontology, as many quads as wanted: the data of the benches of speed.

    python -m bench.generator [QUADS [FOLDER]]

What is made up is the `Extraction` of each document, in the five shapes of the example documents (columns, number of
rows, actors to a cell, kinds of deadlines, targets by year); `loaders.quads.build_quads` turns it into quads as it does
for a real document, so the shape cannot drift from the loaders'.  The same seed gives the same documents, and a smaller
set is the beginning of a larger one.  `Known` counts while it makes up: what questions must find is known without
asking anything.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QueryTriples, RdfFormat, Triple, serialize

from graph.changes import Commit, DocumentCommit, without_blank_nodes
from graph.folder import DataFolder
from graph.inference import infer
from graph.store import Store
from loaders.extraction import (
    Actor,
    Column,
    Deadline,
    Extraction,
    Fragment,
    Passage,
    Period,
    Place,
    Row,
    RowCell,
    SectionStep,
    Source,
    TableSummary,
    Target,
    Territory,
    Theme,
)
from loaders.quads import DocumentQuads, build_quads
from loaders.quads.catalogue import LoadedVersion, catalogue_quads
from loaders.reference_quads import ontology_quads, reference_quads
from loaders.values.deadlines import parse_deadline
from ontology.iris import Iris
from ontology.language import normalise, slug
from ontology.reference import Reference, TerritoryRecord, load_reference

SEED: Final = 42
FIRST_YEAR, LAST_YEAR = 2024, 2028
PERIOD: Final = Period("2024-2028 годы", f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31")
MUNICIPALITIES: Final = 6
MONTHS: Final = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split()  # noqa: SIM905
# The data say of each document when it was loaded; made-up ones say always the same.
LOADED: Final = datetime(2026, 1, 1, tzinfo=UTC)

THEMES: Final = {
    "mentoring": "наставничества",
    "mentor-training": "подготовки наставников",
    "education-quality": "оценки качества образования",
    "staffing": "кадрового обеспечения",
    "digital-environment": "цифровой образовательной среды",
    "career-guidance": "профессиональной ориентации",
    "gifted-children": "поддержки одарённых детей",
    "inclusion": "инклюзивного образования",
    "methodical-work": "методической работы",
    "networking": "сетевого взаимодействия",
    "low-result-schools": "поддержки школ с низкими результатами",
    "young-teachers": "сопровождения молодых педагогов",
    "functional-literacy": "функциональной грамотности",
    "professional-development": "повышения квалификации",
    "monitoring": "мониторинга образовательных результатов",
    "additional-education": "дополнительного образования",
}
MENTORING: Final = {"mentoring", "mentor-training"}
ACTIONS: Final = (
    "Проведение семинаров и вебинаров по вопросам",
    "Разработка и утверждение плана мероприятий по развитию",
    "Подготовка аналитической справки о состоянии",
    "Обучение педагогических и управленческих работников в области",
    "Создание рабочей группы по вопросам",
    "Организация стажировок и конкурсов в сфере",
    "Обновление методических рекомендаций по организации",
    "Наполнение раздела официального сайта материалами по вопросам",
)
AUDIENCES: Final = (
    "для руководителей и заместителей руководителей общеобразовательных организаций",
    "для педагогов со стажем работы до трёх лет",
    "с привлечением социальных партнёров",
    "на базе опорных площадок и стажировочных центров",
    "с учётом результатов прошлого учебного года",
    "в рамках национального проекта «Образование»",
)
RESULTS: Final = ("Приказ об утверждении", "Аналитическая справка", "Программа семинара", "Реестр участников")
MEASURES: Final = ("Доля педагогических работников, вовлечённых в мероприятия", "Доля школ, реализующих программы")
REGION_BODIES: Final = ("Департамент образования", "Институт развития образования", "Центр оценки качества образования")
REGION_UNITS: Final = ("отдел общего образования", "отдел кадровой политики", "проектный офис", "")
TOWN_BODIES: Final = ("Управление образования", "Методический центр", "Совет руководителей школ")
SCHOOL_POSTS: Final = ("Директор", "Заместитель директора", "Методическое объединение учителей")
SURNAMES: Final = ("Иванова", "Петров", "Сидорова", "Кузнецов", "Смирнова", "Попов", "Волкова", "Морозов")
TOWNS: Final = ("Заречный", "Северный", "Приозёрный", "Каменский", "Лесной", "Полянский", "Боровской", "Троицкий")


@dataclass(frozen=True, slots=True)
class Shape:
    """One of the example documents as a pattern; `rows` is a range, `per_year` says whether targets have years."""

    name: str
    level: str
    columns: tuple[str, ...]
    rows: tuple[int, int]
    per_year: bool = False
    persons: bool = False
    questions: int = 0


SHAPES: Final = {
    shape.name: shape
    for shape in (
        Shape("plan", "region", ("number", "activity", "indicator", "assessment", "deadline", "responsible"), (18, 40)),
        Shape(
            "targets",
            "region",
            ("number", "activity", "indicator", "result-form", "deadline", "responsible"),
            (18, 40),
            per_year=True,
        ),
        Shape("tasks", "school", ("number", "activity", "responsible", "deadline", "result"), (20, 40), persons=True),
        Shape(
            "municipal",
            "municipality",
            ("activity", "participant-or-organizer", "result-or-indicator", "deadline"),
            (30, 60),
            per_year=True,
        ),
        Shape("model", "municipality", ("number", "activity", "deadline", "responsible"), (12, 24), questions=40),
    )
}


@dataclass(slots=True)
class KnownDocument:
    """One document: its labels as pages show them, how many activities and form items it holds."""

    key: str
    title: str
    level: str
    region: str
    place: str
    activities: int = 0
    form_items: int = 0


@dataclass(slots=True)
class Known:
    """
    What was made up, counted on the way.

    `due` counts pairs of activity and due day of day or month precision by (year, month); `named` counts activities by
    the IRI of an actor in their cell, `mentoring` activities by roadmap, `themes` activities by the name of a theme of
    their own (a broader one has those of its narrower ones too, and every activity has its document's).  `persons` are
    the IRIs of those named.
    """

    roadmaps: int = 0
    activities: int = 0
    form_items: int = 0
    without_actor: int = 0
    dated_targets: int = 0
    indicators: int = 0
    due: Counter[tuple[int, int]] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    mentoring: Counter[str] = field(default_factory=Counter)
    themes: Counter[str] = field(default_factory=Counter)
    persons: set[str] = field(default_factory=set)
    documents: list[KnownDocument] = field(default_factory=list)
    quads: int = 0


@dataclass(frozen=True, slots=True)
class _Wording:
    """A cell of deadlines, with the months in which it is due."""

    text: str
    due: tuple[tuple[int, int], ...] = ()


class Generator:
    """Documents one after another; `known` tells of those made so far."""

    def __init__(self, *, seed: int = SEED, iris: Iris | None = None, reference: Reference | None = None) -> None:
        self.known = Known()
        self.iris = iris or Iris()
        self.reference = reference or load_reference()
        self._seed = seed
        territories = self.reference.territories.values()
        self._regions = sorted((known for known in territories if known.kind == "federal-subject"), key=_key)
        Random(seed).shuffle(self._regions)

    def documents(self, quads: int) -> Iterator[DocumentQuads]:
        """Documents until they have `quads` quads together, those about persons included."""
        made = self.known.quads
        for number in count():
            for extraction in self._extractions(number):
                found = build_quads(extraction, iris=self.iris, reference=self.reference)
                self.known.quads += len(found.document) + len(found.persons)
                yield found
                if self.known.quads - made >= quads:
                    return

    def commits(self, quads: int) -> Iterator[DocumentCommit]:
        """The same, as the loading pipeline would commit them."""
        for made in self.documents(quads):
            key = made.graph.value.rpartition("/")[2]
            loaded = LoadedVersion(
                roadmap=made.roadmap,
                version=made.version,
                sha256=_digest(f"{self._seed} {key.rpartition('_')[0]}"),
                file=f"{key.rpartition('_')[0]}.txt",
                load=NamedNode(f"{self.iris.namespace('load')}{key}"),
                recipe="made-up",
                loaded=LOADED,
            )
            catalogue = catalogue_quads(loaded, (), self.iris)
            yield DocumentCommit(made.roadmap, made.graph, made.document, made.persons, catalogue)

    def shared_graphs(self) -> dict[NamedNode, list[Triple]]:
        """The ontology and the reference data, which every data folder holds, as the store names them."""
        shared = (ontology_quads(self.iris), reference_quads(self.reference, self.iris))
        return {
            quads[0].graph_name: without_blank_nodes(quads[0].graph_name, [quad.triple for quad in quads])
            for quads in map(list, shared)
            if isinstance(quads[0].graph_name, NamedNode)
        }

    def _extractions(self, number: int) -> Iterator[Extraction]:
        """The documents of one region: two of its own, then those of its municipalities and schools."""
        region = self._regions[number % len(self._regions)]
        suffix = f"-{number // len(self._regions) + 1}" if number >= len(self._regions) else ""
        authority = [
            f"{body} ({region.label_ru}){f', {unit}' if unit else ''}"
            for body in REGION_BODIES
            for unit in REGION_UNITS
        ]
        for name in ("plan", "targets"):
            yield self._extraction(f"{region.key}-{name}{suffix}", SHAPES[name], region, None, authority, authority)
        for town in range(MUNICIPALITIES):
            name = f"{TOWNS[town % len(TOWNS)]} округ{suffix.replace('-', ' № ')}"
            bodies = [f"{body} ({name}, {region.label_ru})" for body in TOWN_BODIES]
            key = f"{region.key}-{town + 1}"
            yield self._extraction(f"{key}-municipal{suffix}", SHAPES["municipal"], region, name, bodies, authority)
            if town % 3 == 0:
                yield self._extraction(f"{key}-model{suffix}", SHAPES["model"], region, name, bodies, authority)
            posts = [f"{post} (школа № {town + 1}, {name}, {region.label_ru})" for post in SCHOOL_POSTS]
            yield self._extraction(f"{key}-school{suffix}", SHAPES["tasks"], region, name, posts, bodies)

    def _extraction(  # noqa: PLR0917  (what a document is of, in this order in each call)
        self,
        key: str,
        shape: Shape,
        region: TerritoryRecord,
        municipality: str | None,
        near: list[str],
        far: list[str],
    ) -> Extraction:
        made = _Document(self, key, shape, region, municipality or region.label_ru, near, far)
        return made.extraction(Territory(region.label_ru, municipality), Random(f"{self._seed} {key}"), self._seed)


class _Document:
    """One document in the making: the running line and offset of its cells."""

    def __init__(  # noqa: PLR0917  (as in `Generator._extraction`)
        self,
        generator: Generator,
        key: str,
        shape: Shape,
        region: TerritoryRecord,
        place: str,
        near: list[str],
        far: list[str],
    ) -> None:
        self.key, self.shape, self.region, self.place = key, shape, region, place
        self.known, self.iris = generator.known, generator.iris
        self.near, self.far = near, far
        self.line = 8
        self.offset = 400
        self.rows: list[Row] = []
        title = f"Дорожная карта «{key}» ({place}) на {PERIOD.raw}"
        self.told = KnownDocument(key, title, shape.level, region.label_ru, place)

    def extraction(self, territory: Territory, random: Random, seed: int) -> Extraction:
        shape, title = self.shape, self.told.title
        self.known.roadmaps += 1
        self.known.documents.append(self.told)
        tables = [_table("t1", "activities", shape.columns, title)]
        sections = [f"Задача {number}: развитие {random.choice(list(THEMES.values()))}" for number in range(1, 5)]
        for number in range(1, random.randint(*shape.rows) + 1):
            self.rows.append(self._activity(number, sections[number % len(sections) - 1], random))
        if shape.questions:
            tables.append(_table("t2", "form", ("number", "question", "hint"), "Форма самообследования"))
            self.rows += [self._question(number, random) for number in range(1, shape.questions + 1)]
        passages = [
            Passage(f"Раздел «{words}» ({self.place}): основные подходы.", [Theme(theme, "text")], [self.line + number])
            for number, (theme, words) in enumerate(random.sample(sorted(THEMES.items()), 8 if shape.questions else 0))
        ]
        return Extraction(
            source=Source(f"{self.key}.txt", _digest(f"{seed} {self.key}"), "txt"),
            title=title,
            level=shape.level,
            territory=territory,
            period=PERIOD,
            acts=[],
            glossary=[],
            tables=tables,
            rows=self.rows,
            footnotes=[],
            warnings=[],
            roadmap=self.key,
            passages=passages,
        )

    def _activity(self, number: int, section: str, random: Random) -> Row:
        theme = random.choice(list(THEMES))
        themes = {theme: "text"} | ({random.choice(list(THEMES)): "section"} if random.random() < 0.4 else {})
        activity = f"{random.choice(ACTIONS)} {THEMES[theme]} {random.choice(AUDIENCES)} ({self.place}), этап {number}"
        wording = _wording(random)
        targets = self._targets(random)
        actors = [] if random.random() < 0.03 else self._actors(random)
        self.known.activities += 1
        self.told.activities += 1
        self.known.themes.update(themes.keys())
        self.known.without_actor += not actors
        self.known.dated_targets += sum(target.year is not None for target in targets)
        self.known.indicators += bool(targets) or "indicator" in self.shape.columns
        self.known.due.update(wording.due)
        self.known.named.update({actor.iri for actor in actors if actor.iri})
        self.known.mentoring[self.iris.roadmap(self.key).value] += bool(MENTORING & themes.keys())
        value = "; ".join(target.raw for target in targets)
        texts = {
            "number": f"{number}.",
            "activity": activity,
            "indicator": f"{random.choice(MEASURES)}: {value}" if value else random.choice(MEASURES),
            "assessment": random.choice(RESULTS),
            "result-form": random.choice(RESULTS),
            "result": random.choice(RESULTS),
            "result-or-indicator": f"{random.choice(MEASURES)}: {value}" if value else random.choice(RESULTS),
            "deadline": wording.text,
            "responsible": "; ".join(actor.raw for actor in actors),
            "participant-or-organizer": "; ".join(actor.raw for actor in actors),
        }
        columns = self.shape.columns
        return Row(
            kind="activity",
            section_path=[SectionStep(None, section)] if self.shape.persons or self.shape.per_year else [],
            number=f"{number}." if "number" in columns else None,
            activity=activity,
            indicator=texts["indicator"] if "indicator" in columns else None,
            result=texts["result"] if "result" in columns else None,
            assessment=texts["assessment"] if "assessment" in columns else None,
            deadline=_read_deadline(wording.text),
            responsible=actors,
            targets=targets,
            themes=[Theme(name, basis) for name, basis in themes.items()] + [Theme("methodical-service", "document")],
            place=self._place("t1", number),
            confidence=0.98,
            warnings=[] if "number" in columns else ["no-number"],
            ordinal=number,
            cells=self._cells(columns, texts),
        )

    def _question(self, number: int, random: Random) -> Row:
        question = f"Как организована работа по вопросам {random.choice(list(THEMES.values()))}? ({number})"
        texts = {"number": f"{number}", "question": question, "hint": "Опишите кратко"}
        self.known.form_items += 1
        self.told.form_items += 1
        return Row(
            kind="form-item",
            section_path=[SectionStep(None, f"Блок {number // 10 + 1}")],
            number=f"{number}",
            activity=question,
            indicator=None,
            result=None,
            assessment=None,
            deadline=None,
            responsible=[],
            targets=[],
            themes=[Theme("methodical-service", "document")],
            place=self._place("t2", number),
            confidence=1.0,
            warnings=[],
            ordinal=number,
            cells=self._cells(("number", "question", "hint"), texts),
        )

    def _actors(self, random: Random) -> list[Actor]:
        role = "participant-or-organizer" if "participant-or-organizer" in self.shape.columns else "responsible"
        labels = {random.choice(self.near)}
        for _ in range(random.choice((0, 1, 1, 2))):
            # A few bodies are named far more often than the rest.
            labels.add(self.far[int(len(self.far) * random.random() ** 2)])
        actors, offset = [], 0
        for label in sorted(labels):
            person = self.shape.persons and label in self.near and random.random() < 0.6
            raw = self._person(label) if person else label
            # A person is named after the document, by the graph builder.
            iri = None if person else self.iris.provisional(self.region.key, _name(raw)).value
            if person:
                self.known.persons.add(self.iris.person(self.key, normalise(raw)).value)
            actors.append(
                Actor(
                    raw=raw,
                    kind="person" if person else "body",
                    label=raw,
                    role=role,
                    confidence=0.98 if person else 0.5,
                    iri=iri,
                    start=offset,
                    end=offset + len(raw),
                    justification="spelling known in the territory",
                )
            )
            offset += len(raw) + len("; ")
        return actors

    def _person(self, post: str) -> str:
        """A made-up name, the same for the same post."""
        digits = int(_digest(f"{self.key} {post}")[:4], 16)
        initials = "АБВГДЕ"
        return f"{SURNAMES[digits % 8]} {initials[digits % 6]}.{initials[digits // 6 % 6]}."

    def _targets(self, random: Random) -> list[Target]:
        column = next((name for name in self.shape.columns if name in {"indicator", "result-or-indicator"}), None)
        share = {"targets": 1.0, "municipal": 0.3, "plan": 0.1}.get(self.shape.name, 0.0)
        if column is None or random.random() >= share:
            return []
        value = float(random.randrange(5, 60))
        if not self.shape.per_year:
            return [Target(None, value, "%", "=", None, f"{value:g}%", column)]
        found = []
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            value += random.randrange(0, 9)
            found.append(Target(year, value, "%", "=", None, f"{year} г. – {value:g}%", column))
        return found

    def _cells(self, columns: tuple[str, ...], texts: dict[str, str]) -> list[RowCell]:
        self.line += 1
        cells = []
        for column, role in enumerate(columns, 1):
            text = texts[role]
            address = f"строка {self.line}, столбец {column}"
            fragment = Fragment(address, None, self.line, self.line, self.offset, self.offset + len(text))
            self.offset += len(text) + 1
            cells.append(RowCell(column, role, text, [fragment]))
        return cells

    def _place(self, table: str, number: int) -> Place:
        return Place(table, [number + 1], None, [self.line + 1], {})


def _wording(random: Random) -> _Wording:
    year, month = random.randint(FIRST_YEAR, LAST_YEAR), random.randint(1, 12)
    match random.randrange(10):
        case 0 | 1 | 2:
            return _Wording(f"{MONTHS[month - 1].capitalize()} {year}", ((year, month),))
        case 3 | 4 | 5:
            return _Wording(f"До {random.randint(1, 28):02}.{month:02}.{year}", ((year, month),))
        case 6:
            every = tuple((each, month) for each in range(FIRST_YEAR, LAST_YEAR + 1))
            return _Wording(f"Ежегодно, {MONTHS[month - 1]}", every)
        case 7:
            return _Wording(f"{FIRST_YEAR}-{LAST_YEAR}")
        case 8:
            return _Wording("Постоянно")
        case _:
            return _Wording("По отдельному графику")


@lru_cache(maxsize=4096)
def _read_deadline(text: str) -> Deadline:
    return parse_deadline(text, period=PERIOD).deadline


@lru_cache(maxsize=65536)
def _name(label: str) -> str:
    return slug(label)


def _key(territory: TerritoryRecord) -> str:
    return territory.key


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _table(name: str, kind: str, columns: tuple[str, ...], heading: str) -> TableSummary:
    return TableSummary(name, kind, [Column(role, role) for role in columns], 1, heading=heading, head=1)


def write_n_quads(target: Path, quads: int, *, seed: int = SEED) -> Known:
    """The documents alone, each in its named graph, as N-Quads."""
    generator = Generator(seed=seed)
    with target.open("wb") as file:
        for made in generator.documents(quads):
            for part in (made.document, made.persons):
                lines = serialize(part, format=RdfFormat.N_QUADS)
                assert lines is not None
                file.write(lines)
    return generator.known


def write_folder(folder: Path, quads: int, *, seed: int = SEED) -> Known:
    """
    A data folder with the documents, the ontology and the reference data, bulk-loaded, optimised and published.

    It holds what committing the documents with the rule `infer` gives; `similarTo` is left out, whose cost grows faster
    than the data.
    """
    generator = Generator(seed=seed)
    with Store.open(folder, rules=[infer]) as store:
        shared = generator.shared_graphs()
        store.commit(Commit(replace=shared, current=frozenset(shared)))
        version = store.version
        live = DataFolder(folder).store
    workspace = _workspace(generator, shared, quads)
    state = NamedNode(f"{generator.iris.base}graph/current")
    engine = pyoxigraph.Store(str(live))
    engine.clear()
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        dump = Path(temporary, "dump.nq")
        workspace.dump(dump, RdfFormat.N_QUADS)
        del workspace
        engine.bulk_load(path=str(dump), format=RdfFormat.N_QUADS)
    info = NamedNode("http://www.w3.org/2002/07/owl#versionInfo")
    engine.add(Quad(state, info, Literal(version + 1), state))
    engine.optimize()
    engine.flush()
    del engine
    # The live store is now ahead of the published version, as after a killed commit: opening publishes it.
    Store.open(folder, rules=[infer]).close()
    return generator.known


@contextmanager
def given_or_made(folder: str | None, quads: int) -> Iterator[Path]:
    """The data folder that is named, else a made-up one of so many quads for as long as the block lasts."""
    if folder is not None:
        yield Path(folder)
        return
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary, "data")
        known = write_folder(data, quads)
        print(f"{known.quads:,} quads of {known.roadmaps} roadmaps with {known.activities:,} activities")
        yield data


def _workspace(generator: Generator, shared: dict[NamedNode, list[Triple]], quads: int) -> pyoxigraph.Store:
    """Every quad of the folder but the number of its version, in memory."""
    base = generator.iris.base
    state = NamedNode(f"{base}graph/current")
    part, topic = NamedNode("http://purl.org/dc/terms/hasPart"), NamedNode("http://xmlns.com/foaf/0.1/primaryTopic")
    store = pyoxigraph.Store()

    def add(name: NamedNode, statements: Iterable[Triple | Quad]) -> None:
        for found in statements:
            store.add(Quad(found.subject, found.predicate, found.object, name))
            store.add(Quad(found.subject, found.predicate, found.object, DefaultGraph()))
        store.add(Quad(state, part, name, state))

    for name, statements in shared.items():
        add(name, statements)
    for commit in generator.commits(quads):
        persons = NamedNode(f"{base}graph/persons/{commit.graph.value.rpartition('/')[2]}")
        for name, said in ((commit.graph, commit.document), (persons, commit.persons)):
            add(name, said)
            store.add(Quad(name, topic, commit.roadmap, state))
        store.extend(quad for quad in commit.catalog if isinstance(quad, Quad))
    infer(store)
    derived = store.query(files("graph").joinpath("derived.rq").read_text("utf-8"))
    assert isinstance(derived, QueryTriples)
    inferred = generator.iris.graph("inferred")
    store.extend([Quad(found.subject, found.predicate, found.object, inferred) for found in derived])
    return store


def main() -> None:
    quads = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary, "data")
        started, processor = time.perf_counter(), time.process_time()
        known = write_folder(folder, quads)
        wall, processor = time.perf_counter() - started, time.process_time() - processor
    print(f"{known.quads:,} quads of {known.roadmaps} roadmaps with {known.activities:,} activities")
    print(f"{wall:.1f} s, {processor:.1f} s of the processor, from nothing to a published version")


if __name__ == "__main__":
    main()

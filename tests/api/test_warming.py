from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jinja2 import Environment

from api.app import create_app
from api.commands.examples import example_documents
from api.importing.loading import open_loader
from api.installation import Installation
from api.knowledge import Knowledge
from api.networks import drawn
from api.settings import read_settings
from api.warming import Warming
from graph.errors import NothingLoadedError
from graph.following import MOST_FOLLOWED
from graph.networks.projections import PROJECTIONS
from graph.results import Answer
from graph.snapshots import Snapshot
from queries.binding import bind

# Far more than any machine needs, so that a test ends.
PATIENCE = 300.0
KEPT = (
    "linkable",
    "listed-activities",
    "listed-actors",
    "listed-assignments",
    "listed-indicators",
    "listed-places",
    "listed-roadmaps",
    "quality-findings",
    "planned-deadlines",
    "planned-occurrences",
    "planned-sections",
    "reconcilable",
)


@pytest.fixture
def knowledge(examples_folder: Path) -> Iterator[Knowledge]:
    installation = Installation.of(read_settings(data=examples_folder))
    yield installation.newest()
    installation.versions.close()


def warming(
    knowledge: Knowledge, *parts: Callable[[Knowledge], object], size: int = 1, current: Callable[[], int] | None = None
) -> Warming:
    return Warming(lambda: knowledge, current or (lambda: knowledge.version), lambda: size, parts)


def test_parts_are_read_once_and_in_their_order(knowledge: Knowledge) -> None:
    told: list[tuple[str, int]] = []
    with warming(
        knowledge,
        lambda known: told.append(("first", known.version)),
        lambda known: told.append(("second", known.version)),
    ) as found:
        assert found.wait(knowledge.version, PATIENCE)
    assert told == [("first", knowledge.version), ("second", knowledge.version)]


def test_a_part_that_breaks_keeps_no_other_from_being_read(
    knowledge: Knowledge, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[int] = []

    def break_down(_known: Knowledge) -> None:
        raise ValueError("a broken part")

    with warming(knowledge, break_down, lambda known: told.append(known.version)) as found:
        assert found.wait(knowledge.version, PATIENCE)
    assert told == [knowledge.version]
    assert "a broken part" in caplog.text


def test_an_error_that_nobody_thought_of_is_told_and_the_next_version_is_read(
    knowledge: Knowledge, caplog: pytest.LogCaptureFixture
) -> None:
    asked = threading.Event()

    def newest() -> Knowledge:
        if not asked.is_set():
            asked.set()
            raise OSError("the disk is gone")
        return knowledge

    told: list[int] = []
    with Warming(newest, lambda: knowledge.version, lambda: 1, [lambda known: told.append(known.version)]) as found:
        assert found.wait(knowledge.version, PATIENCE)
    assert told == [knowledge.version]
    assert "the disk is gone" in caplog.text


def test_what_is_kept_is_no_work_for_the_garbage_collector_until_the_next_version(knowledge: Knowledge) -> None:
    set_apart: list[int] = []
    kept: list[list[int]] = []

    def keep(known: Knowledge) -> None:
        set_apart.append(gc.get_freeze_count())
        kept.append([known.version])

    gc.freeze()
    try:
        with warming(knowledge, keep) as found:
            assert found.wait(knowledge.version, PATIENCE)
        assert set_apart == [0]
        assert not any(one is kept[0] for one in gc.get_objects())
    finally:
        gc.unfreeze()
    assert any(one is kept[0] for one in gc.get_objects())


def test_an_empty_folder_is_waited_for(knowledge: Knowledge) -> None:
    asked, loaded = threading.Event(), threading.Event()

    def current() -> int:
        asked.set()
        if not loaded.is_set():
            raise NothingLoadedError("nothing yet")
        return knowledge.version

    with warming(knowledge, current=current) as found:
        assert asked.wait(PATIENCE)
        assert not found.wait(knowledge.version, 0)
        loaded.set()
        assert found.wait(knowledge.version, PATIENCE)


def test_large_data_are_left_until_they_are_asked_for(knowledge: Knowledge) -> None:
    measured = threading.Event()
    told: list[int] = []

    def size() -> int:
        measured.set()
        return MOST_FOLLOWED + 1

    with Warming(lambda: knowledge, lambda: knowledge.version, size, [lambda known: told.append(known.version)]):
        assert measured.wait(PATIENCE)
    assert told == []


def warming_threads() -> set[threading.Thread]:
    """Those of all applications: other tests keep theirs open."""
    return {thread for thread in threading.enumerate() if thread.name == "warming"}


def test_the_end_of_the_service_ends_the_reading_after_the_part_that_is_read(knowledge: Knowledge) -> None:
    before = warming_threads()
    begun, go_on = threading.Event(), threading.Event()
    told: list[str] = []

    def first(_known: Knowledge) -> None:
        begun.set()
        assert go_on.wait(PATIENCE)
        told.append("first")

    found = warming(knowledge, first, lambda _known: told.append("second"))
    with found:
        assert begun.wait(PATIENCE)
        leaving = threading.Thread(target=found.__exit__, args=(None, None, None))
        leaving.start()
        # Leaving waits for the part, so only what it asks for can be seen.
        assert found.stopping.wait(PATIENCE)
        go_on.set()
        leaving.join(PATIENCE)
    assert told == ["first"]
    assert not warming_threads() - before


def test_pages_ask_nothing_that_was_read_ahead(examples_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(read_settings(data=examples_folder, workers=1))
    before = warming_threads()
    asked: list[str] = []
    answer = Snapshot.answer
    with TestClient(app) as client:
        knowledge = app.state.site.installation.newest()
        assert app.state.warming.wait(knowledge.version, PATIENCE)
        first_page = app.state.networks.first_page(knowledge)

        def listen(snapshot: Snapshot, text: str, **more: Any) -> Answer:  # noqa: ANN401  (handed on)
            asked.append(text)
            return answer(snapshot, text, **more)

        monkeypatch.setattr(Snapshot, "answer", listen)
        monkeypatch.setattr(drawn, "WholeNetwork", None)
        for name in PROJECTIONS:
            assert client.get("/networks", params={"projection": name}).status_code == 200
        for address in ("/", "/activities", "/bodies", "/timeline", "/networks", "/quality", "/linking"):
            assert client.get(address, headers={"Accept": "text/html"}).status_code == 200
        assert app.state.networks.first_page(knowledge) is first_page
    kept = {bind(knowledge.catalogue[name]) for name in KEPT}
    assert not kept & set(asked)
    assert not [text for text in asked if "networks" in text]
    assert not warming_threads() - before


def test_templates_are_compiled_before_anybody_opens_a_page(
    examples_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(read_settings(data=examples_folder, workers=1))
    with TestClient(app) as client:
        assert app.state.warming.wait(app.state.site.installation.newest().version, PATIENCE)

        def refuse(*_given: object, **_more: object) -> None:
            raise AssertionError("a template is compiled while somebody waits")

        monkeypatch.setattr(Environment, "compile", refuse)
        for address in ("/", "/changes", "/compare", "/questions/who-is-responsible", "/no-such-page"):
            assert client.get(address, headers={"Accept": "text/html"}).status_code in {200, 404}


def test_versions_that_appear_while_the_service_runs_are_read_too(tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data", workers=1)
    with open_loader(settings) as loader:
        app = create_app(settings, loader=loader)
        with TestClient(app):
            for document in example_documents()[:2]:
                assert loader.load([document], lambda _event: None)["complete"]
                assert app.state.warming.wait(loader.store.version, PATIENCE)

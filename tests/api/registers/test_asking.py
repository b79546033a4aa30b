"""Services of others asked by `vekha link --service`: what they propose waits for people."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from api.access.users import Role, Users
from api.app import create_app
from api.commands.cli import run
from api.commands.examples import example_documents
from api.importing.loading import load
from api.installation import Installation
from api.reconciliation.entities import ReconciledVersions
from api.registers.automatic import link_here
from api.settings import read_settings
from graph.folder import DataFolder
from loaders.linking.decisions import Decision, Decisions, decide
from loaders.linking.proposals import Proposals
from ontology.iris import Iris
from tests.api.conftest import listening
from tests.api.importing.test_pages import Bench, csrf, service
from tests.graph.federation.played import Raw, head
from tests.graph.federation.test_transport import sends
from tests.loaders.linking.played_services import DRAFT, MANIFEST, SPACE, PlayedService, candidate

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from api.importing.loading import Loader
    from api.settings import Settings

PLACES = "https://w3id.org/vekha/id/territory/"
OTHER = "https://other.example/vekha/"
TOMSK = NamedNode(f"{PLACES}tomsk-obl")
INSTITUTE = NamedNode("https://w3id.org/vekha/id/body/tomsk-obl_toipkro")
HOSTILE_NAME = "Томская область <script>alert(1)</script>"
KNOWN = {
    "Томская область": [candidate("Q5884", HOSTILE_NAME, match=True), candidate("Q4465", "Томский район")],
    "Тамбовская область": [candidate("Q5882", "Тамбовская область")],
}


@pytest.fixture(scope="module")
def other_vekha(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of another installation, whose things have other IRIs."""
    folder = tmp_path_factory.mktemp("other") / "data"
    documents = [path for path in example_documents() if path.name.startswith("001")]
    assert load(read_settings(data=folder, base=OTHER), documents, lambda _: None)["complete"]
    return folder


def asked(settings: Settings, address: str, *more: str, status: int = 0) -> None:
    command = ["--lang", "ru", "--data", str(settings.data), "link", "--service", address, "--allow-local"]
    assert run([*command, *more]) == status


@pytest.mark.parametrize("manifest", [MANIFEST, DRAFT], ids=["0.2", "1.0-draft"])
def test_answers_are_kept_and_asked_for_again_only_when_old(
    settings: Settings, capsys: pytest.CaptureFixture[str], manifest: dict[str, Any]
) -> None:
    with PlayedService(KNOWN, manifest=manifest) as wikidata:
        asked(settings, wikidata.address, "--of", "territory")
        told = capsys.readouterr().out
        assert "С кандидатами: 2; без кандидатов: 1" in told
        assert "само ничего не связывается" in told
        names = [name for batch in wikidata.batches for name in batch]
        assert sorted(names) == ["Город Томск", "Тамбовская область", "Томская область"]
        asked(settings, wikidata.address, "--of", "territory")
        assert "спрошено о 0, ответов сохранено раньше: 3" in capsys.readouterr().out
        assert len([name for batch in wikidata.batches for name in batch]) == 3
        asked(settings, wikidata.address, "--of", "territory", "--days", "0", "--dry-run")
        assert "спрошено о 3" in capsys.readouterr().out
        asked(settings, wikidata.address, "--of", "territory", "--limit", "1")
        assert "спрошено о 3" in capsys.readouterr().out
    (kept,) = Proposals(DataFolder(settings.data)).all()
    assert len(kept.answers[TOMSK.value].found) == 1


def test_proposals_wait_on_the_page_and_a_person_decides(loader: Loader) -> None:
    settings = loader.settings
    with PlayedService(KNOWN) as wikidata:
        asked(settings, wikidata.address)
    assert Decisions.read(loader.store.snapshot()).all() == []
    users = Users(settings.data / "access")
    tokens = {"anna": users.add("anna", Role.EDITOR)[1]}
    with service(settings, loader) as client:
        bench = Bench(client, loader, tokens)
        bench.sign_in("anna")
        raw = client.get("/linking", params={"thing": TOMSK.value}).text
        assert "<script>alert" not in raw
        text = unescape(raw)
        assert "Предлагает «Wikidata (played)»" in text
        assert f'value="exactMatch {SPACE}Q5884"' in text
        assert 'href="https://www.wikidata.example/wiki/Q5884"' in text
        fields = {"csrf": csrf(raw), "thing": TOMSK.value}
        other = client.post("/linking", data={**fields, "choice": f"exactMatch {SPACE}Q1"})
        assert other.status_code == 404
        made = client.post("/linking", data={**fields, "choice": f"exactMatch {SPACE}Q5884", "reason": "код ОКТМО"})
        assert made.status_code == 303, made.text
        assert TOMSK.value in unescape(client.get("/linking", params={"state": "linked"}).text)
        assert TOMSK.value not in unescape(client.get("/linking", params={"state": "stale"}).text)
        refused = client.post("/linking", data={**fields, "choice": f"refused {SPACE}Q4465"})
        assert refused.status_code == 303
        lines = client.get("/linking.tsv").text.splitlines()
        query = f"ASK {{ <{TOMSK.value}> skos:exactMatch <{SPACE}Q5884> FILTER NOT EXISTS {{ ?a owl:sameAs ?b }} }}"
        answer = client.get("/sparql", params={"query": query}, headers={"Accept": "application/sparql-results+json"})
        assert answer.json()["boolean"] is True
    (line,) = [line for line in lines if f"{SPACE}Q5884" in line]
    assert "skos:exactMatch" in line
    assert "semapv:ManualMappingCuration" in line
    assert HOSTILE_NAME in line
    assert any(f"{SPACE}Q4465" in line and "\tNot\t" in line for line in lines)


def test_a_link_to_another_service_does_not_stand_in_the_way_of_registers(loader: Loader) -> None:
    made = Decision(
        thing=INSTITUTE,
        record=NamedNode(f"{SPACE}Q1"),
        state="exactMatch",
        author="Анна",
        made="2026-11-22T09:00:00Z",
        seen="институт; Wikidata",
    )
    decide(loader.store, Iris(), [made])
    report = link_here(loader, Installation.of(loader.settings), ReconciledVersions(), lambda _: None)
    assert INSTITUTE.value in {one.thing for one in report.accepted}
    held = Decisions.read(loader.store.snapshot()).of(INSTITUTE)
    assert {one.by_software for one in held} == {False, True}


def test_nothing_is_kept_of_a_service_that_breaks_its_word(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with PlayedService({**KNOWN, "Тамбовская область": [{"id": "Q1"}]}) as wikidata:
        asked(settings, wikidata.address, "--of", "territory", status=1)
    assert "отвечает не так, как велит API" in capsys.readouterr().err
    with Raw(sends(head(media_type="text/html") + b"<html>")) as stranger:
        asked(settings, stranger.address, status=1)
    told = capsys.readouterr().err
    assert "ответила «text/html», а не JSON" in told
    assert len(told.strip().splitlines()) == 1
    assert not DataFolder(settings.data).proposals.exists()


def test_this_machine_is_asked_only_with_the_flag(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with PlayedService(KNOWN) as wikidata:
        assert run(["--lang", "ru", "--data", str(settings.data), "link", "--service", wikidata.address]) == 1
        assert wikidata.heads == []
    assert "это разрешает --allow-local" in capsys.readouterr().err


@pytest.mark.parametrize("version", ["0.2", "1.0-draft"])
def test_another_vekha_is_such_a_service(settings: Settings, other_vekha: Path, version: str) -> None:
    with listening(create_app(read_settings(data=other_vekha, base=OTHER, workers=1))) as port:
        address = f"http://127.0.0.1:{port}/reconcile/{version}"
        asked(settings, address, "--of", "territory", "--type", "territory", "--limit", "3")
    (other,) = Proposals(DataFolder(settings.data)).all()
    found = other.answers[TOMSK.value].found
    assert found
    assert {name for one in found for name in one.types} == {"Территория"}
    assert (found[0].record, found[0].name) == (f"{OTHER}id/territory/tomsk-obl", "Томская область")


def test_things_of_our_own_are_no_candidates(settings: Settings, examples_folder: Path) -> None:
    with listening(create_app(read_settings(data=examples_folder, workers=1))) as port:
        asked(settings, f"http://127.0.0.1:{port}/reconcile/0.2", "--of", "territory", "--type", "territory")
    (other,) = Proposals(DataFolder(settings.data)).all()
    assert [one for answered in other.answers.values() for one in answered.found] == []

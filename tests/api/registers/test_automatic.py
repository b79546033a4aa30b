"""Links that the program makes by itself: what it accepts, what it leaves to people, and that it overrules nobody."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from api.access.users import Role, Users
from api.commands.cli import run
from api.commands.examples import example_documents
from api.importing.loading import Loader, load, open_loader
from api.installation import Installation
from api.reconciliation.entities import ReconciledVersions
from api.registers.automatic import LinkReport, link_here
from api.settings import Settings, read_settings
from loaders.linking.decisions import Decision, Decisions, decide, undo
from loaders.registries.loading import load_register
from loaders.registries.registers import register_of
from ontology.iris import Iris
from tests.api.importing.test_pages import Bench, csrf, service

BODIES = "https://w3id.org/vekha/id/body/"
TOMSK, TAMBOV = (NamedNode(f"{BODIES}{region}-obl_toipkro") for region in ("tomsk", "tambov"))
DEPARTMENT = NamedNode(f"{BODIES}tomsk-obl_doo")


def linked(loader: Loader, *, dry_run: bool = False) -> LinkReport:
    return link_here(loader, Installation.of(loader.settings), ReconciledVersions(), lambda _: None, dry_run=dry_run)


def known(loader: Loader) -> Decisions:
    return Decisions.read(loader.store.snapshot())


def by_a_person(thing: NamedNode, state: str, record: NamedNode | None) -> Decision:
    return Decision(thing=thing, state=state, record=record, author="Анна", made="2026-11-22T09:00:00Z")  # type: ignore[arg-type]


def test_what_is_sure_is_linked_with_rule_score_evidence_and_edition(loader: Loader) -> None:
    report = linked(loader)
    assert {(one.thing, one.entry[:5]) for one in report.accepted} == {(TOMSK.value, "Томск"), (TAMBOV.value, "Тамбо")}
    found = known(loader).settled(TOMSK)
    assert found is not None
    assert (found.state, found.by_software, found.rule) == ("exactMatch", True, "name-and-region")
    assert found.author.startswith("Веха ")
    assert found.confidence is not None
    assert found.confidence >= 0.8
    assert "слова совпадают" in (found.reason or "")
    assert "тот же субъект федерации" in (found.reason or "")
    assert found.edition is not None
    assert "/graph/registry/lists/" in found.edition.value
    assert found.seen


def test_one_abbreviation_becomes_two_institutes_and_never_the_other(loader: Loader) -> None:
    linked(loader)
    records = {thing: str(known(loader).of(thing)[0].record) for thing in (TOMSK, TAMBOV)}
    assert "1027000000011" in records[TOMSK]
    assert "1026800000018" in records[TAMBOV]


def test_everything_is_counted_and_groups_are_never_linked(loader: Loader) -> None:
    report = linked(loader)
    assert report.queued >= 1
    assert report.without >= 1
    assert not any("/group/" in one.thing or "/post/" in one.thing for one in report.accepted)
    assert not any(one.record.endswith("1027000000033") for one in report.accepted)


def test_a_dry_run_writes_nothing_and_a_second_run_nothing_new(loader: Loader) -> None:
    version = loader.store.version
    tried = linked(loader, dry_run=True)
    assert (loader.store.version, len(tried.accepted), tried.dry_run) == (version, 2, True)
    first = linked(loader)
    assert [one.thing for one in first.accepted] == [one.thing for one in tried.accepted]
    again = linked(loader)
    assert (again.accepted, again.linked, again.version) == ([], 2, first.version)


def test_what_a_person_decided_refused_or_undid_stays_so(loader: Loader) -> None:
    first = {one.thing: NamedNode(one.record) for one in linked(loader, dry_run=True).accepted}
    refused = by_a_person(TOMSK, "refused", first[TOMSK.value])
    settled = by_a_person(TAMBOV, "not-in-register", None)
    decide(loader.store, Iris(), [refused, settled])
    report = linked(loader)
    assert (report.accepted, report.decided) == ([], 1)
    undo(loader.store, Iris(), settled.key, author="Анна", at="2026-11-22T09:01:00Z")
    (made,) = linked(loader).accepted
    assert made.thing == TAMBOV.value
    decision = known(loader).of(TAMBOV)[0]
    undo(loader.store, Iris(), decision.key, author="Анна", at="2026-11-22T09:02:00Z")
    assert linked(loader).accepted == []
    assert known(loader).settled(TAMBOV) is None


def test_a_person_takes_the_place_of_the_program(loader: Loader) -> None:
    linked(loader)
    record = known(loader).of(TOMSK)[0].record
    decide(loader.store, Iris(), [by_a_person(TOMSK, "exactMatch", record)])
    (held,) = known(loader).of(TOMSK)
    assert (held.author, held.by_software) == ("Анна", False)
    assert linked(loader).decided == 1


def test_the_command_tells_what_it_did(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--lang", "ru", "--data", str(settings.data), "link"]
    assert run([*asked, "--dry-run"]) == 0
    assert "Программа связала бы: 2" in capsys.readouterr().out
    assert run(asked) == 0
    told = capsys.readouterr().out
    assert "Программа связала: 2" in told
    assert "имя и регион" in told
    assert "В очереди с кандидатами" in told
    audit = (settings.data / "access" / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(audit[-1])["detail"]["accepted"] == 2


def test_an_editor_of_a_running_server_links(loader: Loader) -> None:
    users = Users(loader.settings.data / "access")
    tokens = {name: users.add(name, role)[1] for name, role in (("anna", Role.EDITOR), ("boris", Role.ANALYST))}
    with service(loader.settings, loader) as client:
        assert client.post("/api/links", json={}).status_code in {401, 403, 404}
        heads = {"Authorization": f"Bearer {tokens['boris']}"}
        assert client.post("/api/links", json={}, headers=heads).status_code == 403
        heads = {"Authorization": f"Bearer {tokens['anna']}"}
        assert client.post("/api/links", json={"dry": 1}, headers=heads).status_code == 400
        lines = client.post("/api/links", json={}, headers=heads).text.splitlines()
    assert json.loads(lines[0])["stage"] == "match"
    assert len(json.loads(lines[-1])["report"]["accepted"]) == 2


def test_the_page_links_what_is_sure_and_shows_what_the_program_decided(loader: Loader) -> None:
    users = Users(loader.settings.data / "access")
    tokens = {name: users.add(name, role)[1] for name, role in (("anna", Role.EDITOR), ("boris", Role.ANALYST))}
    with service(loader.settings, loader) as client:
        bench = Bench(client, loader, tokens)
        assert "/linking/automatic" not in client.get("/linking").text
        bench.sign_in("boris")
        token = csrf(client.get("/linking").text)
        assert client.post("/linking/automatic", data={"csrf": token}).status_code == 403
        client.cookies.clear()
        bench.sign_in("anna")
        token = csrf(client.get("/linking").text)
        assert client.post("/linking/automatic", data={"csrf": "x"}).status_code == 403
        answer = client.post("/linking/automatic", data={"csrf": token})
        assert answer.status_code == 303, answer.text
        text = unescape(client.get(answer.headers["location"]).text)
        assert "Программа связала 2 записи" in text
        text = unescape(client.get("/linking", params={"thing": TAMBOV.value, "state": "automatic"}).text)
        assert re.search(r"связано программой</a> <span[^>]*>2<", text)
        assert "правило: имя и регион, сходство 1" in text
        assert "тот же субъект федерации" in text
        assert "ОГРН <code>1026800000018</code>" in text
        assert "Затронуто 7 мероприятий" in text
        assert len(re.findall(r'<li><a href="/activities/', text)) == 7
        undone = re.search(r'name="undo" value="([0-9a-f]{16})"', text)
        assert undone is not None
        assert client.post("/linking", data={"csrf": token, "undo": undone[1]}).status_code == 303
        assert "отменил(а) anna" in unescape(client.get("/linking", params={"thing": TAMBOV.value}).text)
        again = client.post("/linking/automatic", data={"csrf": token})
        assert "Больше программа ничего не связала" in client.get(again.headers["location"]).text


def test_every_body_and_territory_of_the_examples_stands_somewhere(shared: Path, tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data")
    load(settings, example_documents(), lambda _: None)
    registries = shared / "registries"
    with open_loader(settings) as loader:
        for name, file in (
            ("municipalities", "municipalities.csv"),
            ("regions", "regions.csv"),
            ("accreditation", "accreditation/sample.jsonl"),
        ):
            load_register(registries / file, register_of(name, None), store=loader.store, iris=Iris())
        report = linked(loader)
        places = {
            one.thing.rpartition("/")[2]: (one.record.rpartition("registry/")[2], one.rule) for one in report.accepted
        }
        # Counted by hand: 15 bodies that activities, levels or orders name, of which the 34 certificates have none.
        assert places == {
            "khorol-mo": ("municipalities/05550000_2021", "same-number"),
            "tomsk-city": ("municipalities/69701000_2018", "same-number"),
            "tomsk-obl": ("regions/69000000", "same-number"),
            "tambov-obl": ("regions/68000000", "same-number"),
        }
        assert (report.queued, report.without, report.decided, report.linked) == (0, 15, 0, 0)

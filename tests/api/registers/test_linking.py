from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pyoxigraph import NamedNode

from api.access.audit import AuditLog
from api.access.users import Role, Users
from api.commands.examples import example_documents
from api.importing.loading import load, open_loader
from api.installation import Installation
from api.reconciliation.entities import ReconciledVersions
from api.settings import read_settings
from loaders.linking.decisions import Decision, decide
from loaders.registries.loading import RegisterOptions, load_register
from loaders.registries.registers import register_of
from ontology.iris import Iris
from tests.api.importing.test_pages import Bench, csrf, service

BODY = "https://w3id.org/vekha/id/body/tomsk-obl_toipkro"
MAPPING = """
title: Списки
key: [ОГРН]
delimiter: ";"
columns: {name: Наименование, short_name: Кратко, ogrn: ОГРН, region: Регион, address: Адрес, status: Состояние}
"""
INSTITUTE = "институт повышения квалификации"
ROWS = (
    (f"Томский областной {INSTITUTE}", "ТОИПКРО", "1027000000011", "Томская область", "г. Томск", "действует"),
    (f"Тамбовский областной {INSTITUTE}", "ТОИПКРО", "1026800000018", "Тамбовская область", "г. Тамбов", "действует"),
    ("Школа <script>alert(1)</script> № 1", "СОШ № 1", "1027000000022", "Томская область", "г. Томск", "действует"),
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("linking")
    (folder / "lists.yaml").write_text(MAPPING, encoding="utf-8")
    lines = ["Наименование;Кратко;ОГРН;Регион;Адрес;Состояние", *map(";".join, ROWS)]
    (folder / "lists.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = read_settings(data=folder / "data", workers=1, budget_errors=0)
    load(settings, [path for path in example_documents() if path.name.startswith("001")], lambda _: None)
    users = Users(folder / "data" / "access")
    made = {name: users.add(name, role)[1] for name, role in (("anna", Role.EDITOR), ("boris", Role.ANALYST))}
    with open_loader(settings) as loader:
        register = register_of("lists", folder / "lists.yaml")
        report = load_register(folder / "lists.csv", register, store=loader.store, iris=Iris())
        assert report.records == 3
        with service(settings, loader) as client:
            yield Bench(client, loader, made)


@pytest.fixture
def anna(bench: Bench) -> Bench:
    bench.client.cookies.clear()
    bench.sign_in("anna")
    return bench


def page(bench: Bench, **parameters: str) -> str:
    answer = bench.client.get("/linking", params=parameters)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def say(bench: Bench, **fields: str) -> Response:
    text = bench.client.get("/linking").text
    return bench.client.post("/linking", data={"csrf": csrf(text), **fields})


def candidate(text: str) -> str:
    found = re.search(r'value="exactMatch ([^"]+)"', text)
    assert found is not None
    return found[1]


def asked(bench: Bench, query: str) -> bool:
    answer = bench.client.get("/sparql", params={"query": query}, headers={"Accept": "application/sparql-results+json"})
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["boolean"])


def test_the_institute_of_the_region_is_the_first_candidate_with_its_evidence(anna: Bench) -> None:
    text = page(anna, thing=BODY)
    first = re.findall(r"<h3[^>]*>(.*?)</h3>", text)[0]
    assert first.startswith("1. Томский областной институт")
    assert "тот же субъект федерации" in text
    assert "1027000000011" in text
    assert "Тамбовский областной" not in text
    # Where the entry is tells it from others of its name; how documents call the body stands with its place.
    assert re.search(r'<p class="apart">Томская область(, [^·]+)? · ОГРН 1027000000011 · Списки', text)
    assert re.search(r'<q lang="ru">ТОИПКРО</q> – <a href="[^"]+">001_\S+, строка \d+', text)


def test_a_candidate_says_whether_it_is_in_force_and_its_ogrn_first(tmp_path: Path) -> None:
    (tmp_path / "lists.yaml").write_text(MAPPING[:-2] + ", inn: ИНН}\nceased: [ликвидирован]\n", encoding="utf-8")
    (tmp_path / "lists.csv").write_text(
        "Наименование;Кратко;ОГРН;Регион;Адрес;Состояние;ИНН\n"
        f"Томский областной {INSTITUTE};ТОИПКРО;1027000000011;Томская область;г. Томск;ликвидирован;6907006968\n",
        encoding="utf-8",
    )
    settings = read_settings(data=tmp_path / "data", workers=1)
    load(settings, [path for path in example_documents() if path.name.startswith("001")], lambda _: None)
    with open_loader(settings) as loader:
        register = register_of("lists", tmp_path / "lists.yaml")
        load_register(tmp_path / "lists.csv", register, store=loader.store, iris=Iris())
        with service(settings, loader) as client:
            text = unescape(client.get("/linking", params={"thing": BODY}).text)
    told = re.findall(r'<p class="apart">(.*?)</p>', text)[-1]
    assert re.fullmatch(r"Томская область(, [^·]+)? · ОГРН 1027000000011 · Списки, [0-9-]+ · больше не действует", told)


def test_a_decision_links_is_audited_and_can_be_undone(anna: Bench) -> None:
    record = candidate(page(anna, thing=BODY))
    made = say(anna, thing=BODY, choice=f"exactMatch {record}", reason="ОГРН <b>в приказе</b>", state="open")
    assert made.status_code == 303, made.text
    link = f"ASK {{ <{BODY}> skos:exactMatch <{record}> }}"
    assert asked(anna, link)
    text = page(anna, thing=BODY)
    assert "anna" in text
    assert "<b>в приказе" not in anna.client.get("/linking", params={"thing": BODY}).text
    line = list(AuditLog(anna.loader.store.folder).read())[-1]
    assert (line["action"], line["who"]) == ("link", "anna")
    key = made.headers["location"].rpartition("=")[2]
    assert say(anna, undo=key, state="linked").status_code == 303
    assert not asked(anna, link)
    assert "отменил(а) anna" in page(anna, thing=BODY)


def test_a_refused_entry_stays_refused_and_none_settles(anna: Bench) -> None:
    record = candidate(page(anna, thing=BODY))
    assert say(anna, thing=BODY, choice=f"refused {record}").status_code == 303
    assert "ранее отклонена" in page(anna, thing=BODY)
    assert say(anna, thing=BODY, choice="not-in-register").status_code == 303
    assert BODY in page(anna, state="not-in-register")
    exported = anna.client.get("/linking.tsv").text
    entries = {line.split("\t")[4] for line in exported.splitlines() if line.startswith(BODY)}
    assert entries == {record, "sssom:NoTermFound"}


def test_decisions_come_from_a_file_all_or_none(anna: Bench) -> None:
    record = candidate(page(anna, thing=BODY))
    head = "subject_id\tpredicate_id\tobject_id\tcomment\n"

    def send(text: str) -> Response:
        token = csrf(anna.client.get("/linking").text)
        return anna.client.post("/linking.tsv", data={"csrf": token}, files={"file": ("links.tsv", text.encode())})

    version = anna.loader.store.version
    assert (
        send(f"{head}{BODY}\tskos:exactMatch\t{record}\t\nhttps://x/y\tskos:exactMatch\t{record}\t\n").status_code
        == 404
    )
    refused = send(f"{head}{BODY}\towl:sameAs\t{record}\t\n")
    assert refused.status_code == 400
    assert "Строка 2: «owl:sameAs» — не отношение, которым связывают с реестрами" in unescape(refused.text)
    assert send(f'{head}{BODY}\tskos:exactMatch\t{record}\t"по\nсписку"\n').status_code == 400
    assert anna.loader.store.version == version
    assert send(f"{head}{BODY}\tskos:closeMatch\t{record}\tпо списку\n").status_code == 303
    assert asked(anna, f"ASK {{ <{BODY}> skos:closeMatch <{record}> }}")


def test_a_decision_of_a_file_is_not_stale_at_once(anna: Bench) -> None:
    record = candidate(page(anna, thing=BODY))
    text = f"subject_id\tpredicate_id\tobject_id\n{BODY}\tskos:exactMatch\t{record}\n"
    token = csrf(anna.client.get("/linking").text)
    sent = anna.client.post("/linking.tsv", data={"csrf": token}, files={"file": ("links.tsv", text.encode())})
    assert sent.status_code == 303
    assert BODY in page(anna, state="linked")
    assert BODY not in page(anna, state="stale")


def test_a_file_taken_twice_changes_nothing(anna: Bench) -> None:
    records = re.findall(r'value="exactMatch ([^"]+)"', page(anna, thing=BODY))

    def send(text: str) -> str:
        token = csrf(anna.client.get("/linking").text)
        sent = anna.client.post("/linking.tsv", data={"csrf": token}, files={"file": ("links.tsv", text.encode())})
        assert sent.status_code == 303, sent.text
        return unescape(anna.client.get(sent.headers["location"]).text)

    lines = [f"{BODY}\tskos:broadMatch\t{record}\tВера\t2026-01-0{at}\n" for at, record in enumerate(records, 1)]
    text = "subject_id\tpredicate_id\tobject_id\tauthor_label\tmapping_date\n" + "".join(lines)
    assert f"Из файла принято решений: {len(lines)}." in send(text)
    version = anna.loader.store.version
    assert f"Уже известно решений файла: {len(lines)} из {len(lines)}" in send(text)
    assert anna.loader.store.version == version
    assert f"Уже известно решений файла: {len(lines)} из {len(lines)}" in send(anna.client.get("/linking.tsv").text)
    assert anna.loader.store.version == version


def test_only_editors_decide(bench: Bench) -> None:
    bench.client.cookies.clear()
    assert 'name="choice"' not in page(bench, thing=BODY)
    assert bench.client.post("/linking", data={"thing": BODY, "choice": "deferred"}).status_code == 401
    bench.sign_in("boris")
    assert say(bench, thing=BODY, choice="deferred").status_code == 403


@pytest.mark.parametrize(
    ("thing", "choice", "status"),
    [
        (BODY, "sameAs https://w3id.org/vekha/registry/lists/1", 404),
        (BODY, "exactMatch", 400),
        (BODY, f"exactMatch {BODY}", 400),
        (BODY, "exactMatch https://w3id.org/vekha/scheme/theme/mentoring", 400),
        (BODY, "", 400),
        ("javascript:alert(1)", "deferred", 404),
    ],
)
def test_what_makes_no_sense_is_told(anna: Bench, thing: str, choice: str, status: int) -> None:
    answer = say(anna, thing=thing, choice=choice)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


def test_texts_of_registers_are_no_markup(anna: Bench) -> None:
    for state in ("open", "linked", "not-in-register"):
        assert "<script>alert" not in anna.client.get("/linking", params={"state": state}).text
    assert anna.client.get("/linking", params={"thing": "https://x/y"}).status_code == 404


def test_without_registers_the_page_says_how_to_load_one(client: TestClient) -> None:
    answer = client.get("/linking", headers={"Accept-Language": "ru"})
    assert "vekha registry load" in answer.text


def test_what_changed_in_a_register_is_not_counted_before_its_names_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lists.yaml").write_text(MAPPING + "ceased: [ликвидирован]\n", encoding="utf-8")
    head = "Наименование;Кратко;ОГРН;Регион;Адрес;Состояние"
    name = f"Томский областной {INSTITUTE};ТОИПКРО"
    register = register_of("lists", tmp_path / "lists.yaml")
    settings = read_settings(data=tmp_path / "data", workers=1, budget_errors=0)
    load(settings, [path for path in example_documents() if path.name.startswith("001")], lambda _: None)
    with open_loader(settings) as loader, service(settings, loader) as client:

        def edition(day: str, *rows: str) -> None:
            (tmp_path / f"lists-{day}.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
            options = RegisterOptions(edition=day)
            load_register(tmp_path / f"lists-{day}.csv", register, store=loader.store, iris=Iris(), options=options)

        def told() -> str:
            text = re.sub(r"<[^>]+>", " ", unescape(client.get("/linking", params={"thing": BODY}).text))
            return " ".join(text.split())

        edition("2026-01-01", f"{name};1027000000011;Томская область;г. Томск;действует")
        record = NamedNode("https://w3id.org/vekha/registry/lists/1027000000011")
        seen = f"Томский областной {INSTITUTE}; in-force"
        link = Decision(
            thing=NamedNode(BODY),
            record=record,
            state="exactMatch",
            author="anna",
            made="2026-01-02T00:00:00Z",
            seen=seen,
        )
        decide(loader.store, Iris(), [link])
        assert "реестр изменился 0 " in told()
        before = client.app.state.reconciled.of(site_of(client).newest())  # type: ignore[attr-defined]
        with monkeypatch.context() as held:
            # The names of the edition before, as long as those of the newest are being read.
            held.setattr(ReconciledVersions, "ready", lambda _self, _knowledge: before)
            edition("2026-02-01", f"{name};1027000000011;Томская область;г. Томск;ликвидирован")
            text = told()
            assert "реестр изменился ещё не посчитано" in text
            assert "названия ещё читаются" in text
            assert "Ещё не посчитано." in " ".join(unescape(client.get("/linking?state=stale").text).split())
        text = told()
        assert "реестр изменился 1 " in text
        assert "названия ещё читаются" not in text
        # What it may be is looked up among the names of now.
        assert "больше не действует" in text


def site_of(client: TestClient) -> Installation:
    installation = client.app.state.site.installation  # type: ignore[attr-defined]  # an application
    assert isinstance(installation, Installation)
    return installation


def test_what_changed_tells_of_decisions_in_words(anna: Bench) -> None:
    start = anna.loader.store.snapshot().version
    record = candidate(page(anna, thing=BODY))
    made = say(anna, thing=BODY, choice=f"closeMatch {record}", reason="по <i>уставу</i>", state="open")
    after = anna.loader.store.snapshot().version
    shown = anna.client.get("/changes", params={"from": str(start), "to": str(after)}).text
    assert "по <i>уставу" not in shown
    told = " ".join(re.sub(r"<[^>]+>", "", unescape(shown)).split())
    assert "Решения о связях 1 Томский областной институт" in told
    assert f"близка к этой записи: Томский областной {INSTITUTE} anna, " in told
    assert "по уставу" in told
    assert "links were decided" not in told
    assert "graph/links" not in told
    assert "Проставленные связи" not in told

    assert say(anna, undo=made.headers["location"].rpartition("=")[2], state="linked").status_code == 303
    last = anna.loader.store.snapshot().version
    undone = anna.client.get("/changes", params={"from": str(after), "to": str(last)}).text
    told = " ".join(re.sub(r"<[^>]+>", "", unescape(undone)).split())
    assert "Отменённые решения о связях 1" in told
    assert "отменил(а) anna" in told
    rows = anna.client.get("/changes.json", params={"from": str(start), "to": str(after)}).json()["rows"]
    assert ("link-decided", "closeMatch", "anna") in [(row["change"], row["kind"], row["text"]) for row in rows]
    rows = anna.client.get("/changes.json", params={"from": str(after), "to": str(last)}).json()["rows"]
    assert [(row["change"], row["kind"], row["entry"]) for row in rows] == [("link-undone", "closeMatch", BODY)]

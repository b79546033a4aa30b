"""The review of links to registers, with the registers at hand and a list of made-up entries beside them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from api.access.users import Role, Users
from api.commands.examples import example_documents
from api.importing.loading import load, open_loader
from api.settings import read_settings
from bench.demo import Service, serving
from loaders.registries.loading import load_register
from loaders.registries.registers import register_of
from ontology.iris import Iris
from tests.browser.conftest import visiting, wait_for_an_answer

pytestmark = pytest.mark.browser
REGISTRIES: Final = {
    "municipalities": "municipalities.csv",
    "regions": "regions.csv",
    "accreditation": "accreditation/sample.jsonl",
}
MAPPING: Final = """
title: Список центров
key: [ОГРН]
delimiter: ";"
columns: {name: Наименование, short_name: Кратко, ogrn: ОГРН, region: Регион, address: Адрес, status: Состояние}
"""
INSTITUTE: Final = "институт повышения квалификации и переподготовки работников образования"
NAME: Final = f"Томский областной {INSTITUTE}"
# Two of one name in one region, one of another region, and a department.
ROWS: Final = (
    (NAME, "ТОИПКРО", "1027000000011", "Томская область", "634034, г. Томск, ул. Пирогова, 10", "действует"),
    (NAME, "ТОИПКРО", "1027000000880", "Томская область", "636000, г. Северск, пр. Мира, 1", "действует"),
    (f"Тамбовский областной {INSTITUTE}", "ТОИПКРО", "1026800000018", "Тамбовская область", "г. Тамбов", "действует"),
    ("Департамент общего образования Томской области", "", "1027000000022", "Томская область", "г. Томск", "действует"),
)
BODY: Final = "https://w3id.org/vekha/id/body/tomsk-obl_toipkro"
DEPARTMENT: Final = "https://w3id.org/vekha/id/body/tomsk-obl_doo"
HARD_LIMIT: Final = 360


@dataclass(frozen=True)
class Review:
    """A server with the five documents and the registers, and the token of an editor."""

    service: Service
    token: str


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Review]:
    folder = tmp_path_factory.mktemp("linking")
    (folder / "list.yaml").write_text(MAPPING, encoding="utf-8")
    lines = ["Наименование;Кратко;ОГРН;Регион;Адрес;Состояние", *map(";".join, ROWS)]
    (folder / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = read_settings(data=folder / "data")
    load(settings, example_documents(), lambda _: None)
    with open_loader(settings) as loader:
        for name, file in REGISTRIES.items():
            register = register_of(name, None)
            load_register(shared / "registries" / file, register, store=loader.store, iris=Iris())
        register = register_of("centres", folder / "list.yaml")
        assert load_register(folder / "list.csv", register, store=loader.store, iris=Iris()).records == len(ROWS)
    token = Users(folder / "data" / "access").add("anna", Role.EDITOR)[1]
    with serving(folder, "serve", settings={"VEKHA_QUERY_SECONDS": "600", "VEKHA_BUDGET_SECONDS": "0"}) as service:
        # The names of the registers are read first.
        wait_for_an_answer(f"{service.address}/linking")
        yield Review(service, token)


@pytest.fixture
def visitor(chromium: Browser, review: Review) -> Iterator[BrowserContext]:
    """Somebody who is not signed in; no request leaves the host, as `visiting` checks."""
    with visiting(chromium, review.service) as context:
        yield context


@pytest.fixture
def editor(visitor: BrowserContext, review: Review) -> Page:
    """Anna, signed in, on the page of links."""
    page = visitor.new_page()
    page.goto("/sign-in?next=%2Flinking")
    page.get_by_label("Ключ").fill(review.token)
    page.locator("main").get_by_role("button", name="Войти").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Связи с реестрами")
    # Keys work when the scripts of the page were read.
    page.wait_for_load_state("load")
    return page


def counted(page: Page) -> dict[str, int]:
    """How many things stand in each state of the queue, as the page tells."""
    states = page.get_by_role("navigation", name="Состояние").get_by_role("listitem").all_inner_texts()
    return {(found := re.fullmatch(r"(.+?)\s+(\d+)", text.strip()))[1]: int(found[2]) for text in states}  # type: ignore[index]


def candidates(page: Page) -> Locator:
    return page.locator("article.candidate")


def stands(page: Page, body: str, predicate: str, entry: str) -> bool:
    """Whether the link is in the graph, asked by the protocol."""
    query = quote(f"ASK {{ <{body}> <{predicate}> <{entry}> }}")
    answer = page.request.get(f"/sparql?query={query}", headers={"Accept": "application/sparql-results+json"})
    assert answer.status == 200, answer.text()
    return bool(answer.json()["boolean"])


def entry_of(candidate: Locator) -> str:
    """The IRI of the entry that a candidate is."""
    value = candidate.locator("button[value^=exactMatch]").get_attribute("value") or ""
    return value.partition(" ")[2]


def exact(page: Page, entry: str) -> bool:
    return stands(page, BODY, "http://www.w3.org/2004/02/skos/core#exactMatch", entry)


def test_the_reviewer_first_sees_the_queue_with_counts_the_mention_with_its_source_and_candidates_with_evidence(
    visitor: BrowserContext,
) -> None:
    page = visitor.new_page()
    page.goto("/linking")
    expect(page.get_by_role("heading", level=1)).to_have_text("Связи с реестрами")
    counts = counted(page)
    assert next(iter(counts)) == "ждут решения"
    queue = page.locator("ol.queue li")
    expect(queue).to_have_count(counts["ждут решения"])
    expect(page.locator("#queue")).to_have_text(f"{counts['ждут решения']} в очереди")
    # Every body and territory of the documents stands somewhere: 4 territories and 15 bodies.
    expect(page.locator("main")).to_contain_text("19 организаций и территорий, которые документы называют")
    assert counts["ждут решения"] + counts["без кандидатов"] == 19

    # The one on which most depends is open; the queue tells how much.
    expect(queue.first.locator("a")).to_have_attribute("aria-current", "true")
    depends = [int(text.split()[-1]) for text in queue.all_inner_texts()]
    assert depends == sorted(depends, reverse=True)

    page.locator("ol.queue").get_by_role("link", name=NAME).click()
    chosen = page.locator("section[aria-labelledby=chosen]")
    expect(chosen.get_by_role("heading", level=2)).to_have_text(NAME)
    expect(chosen.locator(".apart").first).to_have_text("Томская область")
    said = chosen.locator("ul.said li", has_text=re.compile("^ТОИПКРО –"))
    expect(said).to_contain_text(re.compile(r"\d{3}_.+строка \d+"))
    expect(candidates(page).first.get_by_role("heading", level=3)).to_have_text(f"1. {NAME}")
    evidence = candidates(page).first.locator("ul.evidence")
    expect(evidence).to_contain_text("тот же субъект федерации")
    expect(evidence).to_contain_text("те же слова")
    # Who is not signed in sees all of it and decides nothing.
    expect(page.locator("form.decide button")).to_have_count(0)
    expect(chosen.get_by_role("link", name="Чтобы решать, войдите.")).to_be_visible()

    said.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/roadmaps/tomsk-obl-.+cell="))
    expect(page.locator("td.cell.lit mark")).to_have_text("ТОИПКРО")


def test_entries_of_one_name_are_told_apart_by_region_number_and_address(visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.goto(f"/linking?thing={quote(BODY)}")
    expect(candidates(page).locator("h3")).to_have_text([f"1. {NAME}", f"2. {NAME}"])
    told = candidates(page).locator(".apart").all_inner_texts()
    assert {text.split(" · ")[1] for text in told} == {"ОГРН 1027000000011", "ОГРН 1027000000880"}
    for text in told:
        assert text.startswith("Томская область")
        assert "Список центров" in text
    expect(page.locator("main")).to_contain_text("г. Северск")


def test_keys_choose_skip_and_undo_and_the_decision_is_in_the_graph_and_on_the_page_of_the_body(
    editor: Page, visitor: BrowserContext
) -> None:
    visitor.grant_permissions(["clipboard-read", "clipboard-write"])
    page = editor
    before = counted(page)

    # Skip: the next of the queue, and around.
    current = page.locator("ol.queue [aria-current]")
    first = current.inner_text()
    second = page.locator("ol.queue li a").nth(1).inner_text()
    expect(page.locator("#skip")).to_have_text("Пропустить (s)")
    page.keyboard.press("s")
    expect(current).to_have_text(second)
    page.go_back()
    expect(current).to_have_text(first)
    # The same key of the Russian keyboard.
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ы', bubbles: true }))")
    expect(current).to_have_text(second)

    # Keys are letters where one types.
    page.goto(f"/linking?thing={quote(BODY)}&state=open")
    entry = entry_of(candidates(page).first)
    page.get_by_label("Почему (хранится с решением)").fill("s01u")
    page.get_by_label("Почему (хранится с решением)").press("1")
    expect(page.get_by_label("Почему (хранится с решением)")).to_have_value("s01u1")
    page.get_by_label("Почему (хранится с решением)").fill("письмо департамента")
    expect(candidates(page).first).to_contain_text(f"Тогда у «{NAME}» будут")
    assert not exact(page, entry)

    # 1: the first candidate; the next of the queue comes.
    page.get_by_label("Почему (хранится с решением)").blur()
    expect(candidates(page).first.get_by_role("button", name="Это эта запись (1)")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_role("status").filter(has_text="Решение записано.")).to_be_visible()
    expect(page.locator("#chosen")).not_to_have_text(NAME)
    after = counted(page)
    assert (after["ждут решения"], after["связано людьми"]) == (
        before["ждут решения"] - 1,
        before["связано людьми"] + 1,
    )
    assert exact(page, entry)
    done = page.url

    # The clock stands, so the button keeps telling what happened.
    page.clock.install(time=datetime(2026, 1, 1, tzinfo=UTC))
    page.goto("/bodies/tomsk-obl_toipkro")
    page.clock.pause_at(datetime(2026, 1, 2, tzinfo=UTC))
    registry = page.locator("section", has=page.locator("#registry-entries"))
    expect(registry).to_contain_text("Список центров")
    number = registry.locator("code").first
    expect(number).to_have_text(entry.rpartition("/")[2])
    registry.get_by_role("button", name="Копировать").first.click()
    expect(registry.get_by_role("button", name="Скопировано")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == number.inner_text()
    page.clock.resume()

    # The decision is kept with who, when and why.
    page.goto(f"/linking?thing={quote(BODY)}")
    history = page.locator("ul.history li")
    expect(history.first).to_contain_text(re.compile(r"это эта запись: .* – anna, \d\d\.\d\d\.\d{4}"))
    expect(history.first).to_contain_text("письмо департамента")

    # u takes it back.
    page.goto(done)
    expect(page.locator("#undo")).to_have_text("Отменить (u)")
    page.keyboard.press("u")
    expect(page.locator("#chosen")).to_have_text(NAME)
    expect(history.first).to_contain_text("отменил(а) anna")
    assert not exact(page, entry)
    assert counted(page) == before
    page.goto("/bodies/tomsk-obl_toipkro")
    expect(page.locator("#registry-entries")).to_have_count(0)


def test_an_entry_is_refused_and_0_says_that_no_register_has_it(editor: Page) -> None:
    page = editor
    page.goto(f"/linking?thing={quote(DEPARTMENT)}&state=open")
    entry = entry_of(candidates(page).first)
    candidates(page).first.get_by_role("button", name="не она").click()
    expect(page.get_by_role("status").filter(has_text="Решение записано.")).to_be_visible()
    page.goto(f"/linking?thing={quote(DEPARTMENT)}")
    refused = candidates(page).filter(has=page.locator(f"button[value='exactMatch {entry}']"))
    expect(refused).to_contain_text("ранее отклонена")

    page.keyboard.press("0")
    expect(page.get_by_role("status").filter(has_text="Решение записано.")).to_be_visible()
    page.get_by_role("navigation", name="Состояние").get_by_role("link", name="нет в реестрах").click()
    expect(page.locator("ol.queue li")).to_have_text([re.compile("^Департамент общего образования Томской области")])
    history = page.locator("ul.history li")
    expect(history).to_have_count(2)
    page.goto(f"/linking?thing={quote(DEPARTMENT)}")
    undo = page.locator("ul.history").get_by_role("button", name="Отменить")
    for left in (1, 0):
        undo.first.click()
        expect(undo).to_have_count(left)


def test_what_is_sure_is_linked_by_the_program_and_all_decisions_are_taken_away_as_sssom(editor: Page) -> None:
    page = editor
    page.get_by_role("button", name="Связать надёжное").click()
    expect(page.get_by_role("status").filter(has_text="Программа связала")).to_be_visible()
    queue = page.locator("ol.queue li")
    places = {"Томская область", "Тамбовская область", "Хорольский муниципальный округ", "Город Томск"}
    named = set(page.locator("ol.queue li a").all_inner_texts())
    assert places <= named, named
    expect(queue).to_have_count(counted(page)["связано программой"])

    page.locator(".menu.data summary").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="SSSOM").click()
    assert saved.value.suggested_filename == "links.sssom.tsv"
    lines = saved.value.path().read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t"))
    linked = {row["subject_id"].rpartition("/")[2]: row for row in rows if row["predicate_id"] == "skos:exactMatch"}
    assert linked["khorol-mo"]["object_id"].endswith("/municipalities/05550000_2021")
    assert linked.keys() >= {"khorol-mo", "tomsk-obl", "tambov-obl"}

    page.goto(f"/linking?thing={quote('https://w3id.org/vekha/id/territory/khorol-mo')}")
    expect(page.locator("section[aria-labelledby=chosen] .apart").first).to_have_text(
        "Приморский край · ОКТМО 05550000"
    )
    page.goto("/territories/khorol-mo")
    expect(page.locator("section", has=page.locator("#registry-entries"))).to_contain_text("05550000")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_a_telephone_shows_all_without_scrolling_sideways(editor: Page, scheme: str) -> None:
    page = editor
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    found = []
    for width in (1280, HARD_LIMIT):
        page.set_viewport_size({"width": width, "height": 800})
        for address in (f"/linking?thing={quote(BODY)}", "/linking?state=without", "/linking?state=automatic"):
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
            found += [
                f"{address} {width}: {one['id']} {node['html'][:200]}" for one in violations for node in one["nodes"]
            ]
            seen = page.evaluate("document.documentElement.scrollWidth")
            if seen > width:
                found.append(f"{address}: {seen} pixels wide in {width}")
    assert found == []

"""From a document on the disk to a link that shows a colleague the same picture."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import fromstring

import docx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from api.access.users import Role, Users
from bench.demo import Service, serving

pytestmark = pytest.mark.browser
TITLE = "План мероприятий («дорожная карта») развития наставничества Томской области на 2022-2024 годы"
HEAD = ("№ п/п", "Мероприятие", "Сроки", "Ответственные")
ROWS = (
    ("1.", "Подготовка наставников для школ области", "Май 2022", "ТОИПКРО, Центр наставничества «Опора»"),
    ("2.", "Конкурс наставников молодых педагогов", "Декабрь 2023", "ТОИПКРО"),
    ("3.", "Создание реестра наставников", "Июнь 2022", "Департамент общего образования Томской области"),
)
WRONG = "Центр наставничества «Опора»"
RIGHT = "Департамент общего образования Томской области"
QUESTION = "who-is-responsible"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, str]]:
    """A server of its own, which the journey changes, and the token of an editor."""
    with serving(tmp_path_factory.mktemp("journey")) as found:
        yield found, Users(found.data / "access").add("anna", Role.EDITOR)[1]


@pytest.fixture
def roadmap(tmp_path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph(TITLE)
    table = document.add_table(rows=0, cols=len(HEAD))
    for texts in (HEAD, *ROWS):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    path = tmp_path / "opora.docx"
    document.save(str(path))
    return path


def _sign_in(page: Page, token: str) -> None:
    page.goto("/sign-in?next=%2Fimport")
    page.get_by_label("Ключ").fill(token)
    page.locator("main").get_by_role("button", name="Войти").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Загрузка")


def _previewed(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("Предпросмотр", timeout=90_000)


def _picture(network: Locator) -> str:
    """The pixels of the drawing at rest: after its timer, and after the frame for which that asks."""
    found: str = network.evaluate(
        """async (map) => {
            await new Promise((resolve) => setTimeout(resolve, 800));
            await new Promise(requestAnimationFrame);
            return map.canvas.toDataURL();
        }"""
    )
    return found


def test_from_a_document_to_a_picture_that_a_colleague_sees_too(
    chromium: Browser, own: tuple[Service, str], roadmap: Path
) -> None:
    service, token = own
    context = chromium.new_context(base_url=service.address, locale="ru-RU", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    _sign_in(page, token)

    # A preview, and nothing is stored.
    page.get_by_label("Документы: перетащите сюда или выберите").set_input_files(roadmap)
    page.get_by_role("button", name="Прочитать и показать").click()
    _previewed(page)
    expect(page.locator(".rows > li")).to_have_count(3)
    assert page.request.get("/roadmaps/opora").status == 404

    # One actor is corrected.
    row = page.locator(".rows > li").first
    expect(row).to_contain_text(WRONG.replace("«", "").split()[0])
    wrong = row.locator("dd li", has_text="Опора").last
    wrong.locator("summary").click()
    wrong.get_by_role("textbox").fill(RIGHT)
    wrong.get_by_role("button", name="Поправить").click()
    _previewed(page)
    row = page.locator(".rows > li").first
    expect(row.locator("dl.read")).to_contain_text(RIGHT)
    expect(row.locator("dl.read")).not_to_contain_text("Опора")

    # It is confirmed, and the report stays.
    page.get_by_role("button", name="Загрузить 1 документ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Отчёт о загрузке", timeout=90_000)
    report = page.url
    page.get_by_role("link", name="Что изменилось в данных").click()
    expect(page.locator("main")).to_contain_text(TITLE[:60])

    # Who is responsible for mentoring, and where it stands.
    answer = f"/questions/{QUESTION}?theme=mentoring&roadmap=opora"
    page.goto(answer)
    expect(page.locator("main")).to_contain_text(RIGHT)
    expect(page.locator("main")).not_to_contain_text("Опора")
    page.locator("main").get_by_role("link", name=re.compile("opora.docx")).first.click()
    lit = page.locator(".lit").first
    expect(lit).to_be_in_viewport()
    expect(page).to_have_url(re.compile(r"/roadmaps/opora\?.*cell=t1_r"))

    # The network of that answer, as a picture and as files.
    page.goto(f"/networks?answer={QUESTION}&theme=mentoring&roadmap=opora")
    network = page.locator("network-map.drawn")
    expect(network).to_be_visible()
    expect(page.locator("#network-table")).to_contain_text(RIGHT)
    expect(page.locator("#network-table")).to_contain_text("институт повышения квалификации")
    expect(page.locator("#network-table")).not_to_contain_text("Хорольск")
    files = page.get_by_role("list", name="Файлы")
    graphml = page.request.get(files.get_by_role("link", name="GraphML").get_attribute("href") or "").body()
    assert RIGHT in graphml.decode()
    assert fromstring(graphml).tag.endswith("graphml")
    sheet = page.request.get(files.get_by_role("link", name=re.compile("CSV")).first.get_attribute("href") or "").text()
    rows = list(csv.reader(io.StringIO(sheet)))
    assert len(rows) >= 3
    link, picture = page.url, _picture(network)
    nodes = network.evaluate("(map) => map.network.size")
    context.close()

    # The link, in another browser that nobody signed in.
    other = chromium.new_context(base_url=service.address, locale="ru-RU", viewport={"width": 1280, "height": 900})
    page = other.new_page()
    page.goto(link)
    network = page.locator("network-map.drawn")
    expect(network).to_be_visible()
    assert network.evaluate("(map) => map.network.size") == nodes
    assert _picture(network) == picture
    page.goto(report)
    expect(page).to_have_url(re.compile("/sign-in"))
    other.close()


def test_a_fact_is_corrected_from_the_page_of_its_roadmap_and_the_correction_undone(
    chromium: Browser, own: tuple[Service, str]
) -> None:
    service, token = own
    context = chromium.new_context(base_url=service.address, locale="ru-RU", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/roadmaps/tomsk-obl-nastav?cell=t1_r11_c6")
    page.locator("a.wrong[href*='value=actor']").first.click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_label("Ключ").fill(token)
    page.locator("main").get_by_role("button", name="Войти").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Поправить прочитанное: кто")
    expect(page.locator("blockquote")).to_contain_text("ТОИПКРО")

    page.get_by_label("Поиск среди известных исполнителей").fill("департамент общего образования")
    page.locator("form.correct").get_by_role("button", name="Найти").click()
    page.get_by_label(RIGHT).first.check()
    page.get_by_label("Почему").fill("письмо министерства")
    page.get_by_role("button", name="Показать, что изменится").click()
    expect(page.locator(".effect ins")).to_have_text(RIGHT, timeout=90_000)
    page.get_by_role("button", name="Сохранить поправку").click(timeout=90_000)
    expect(page.locator(".note[role=status]")).to_contain_text("применено", timeout=90_000)
    page.get_by_role("link", name="показать ячейку").click()
    expect(page.locator("main")).to_contain_text(RIGHT)

    page.goto("/roadmaps/tomsk-obl-nastav/corrections")
    page.locator("tbody").get_by_role("button", name=re.compile("Отменить")).click(timeout=90_000)
    expect(page.locator("tbody")).to_contain_text("отменил(а) anna", timeout=90_000)
    context.close()


def test_columns_are_chosen_without_scripts_too(chromium: Browser, own: tuple[Service, str], roadmap: Path) -> None:
    service, token = own
    context = chromium.new_context(
        base_url=service.address, locale="ru-RU", java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    _sign_in(page, token)
    page.get_by_label("Документы: перетащите сюда или выберите").set_input_files(roadmap)
    page.get_by_role("button", name="Прочитать и показать").click()
    _previewed(page)
    assert page.locator("select[name='t1.4']").input_value() == "responsible"
    page.locator("select[name='t1.4']").select_option("other")
    page.get_by_role("button", name="Прочитать заново с этими настройками").click()
    _previewed(page)
    expect(page.locator(".rows > li").first.locator("dl.read")).not_to_contain_text("ТОИПКРО")
    page.get_by_role("button", name="Отменить и забыть").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Загрузка")
    context.close()

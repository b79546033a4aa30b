"""Lists of 115 roadmaps: what the user sees first is what was made up, counted; clicks lead to known counts too."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from bench.generator import Known

if TYPE_CHECKING:
    from tests.browser.conftest import Large

pytestmark = pytest.mark.browser
LEVELS = {"region": "региональный", "municipality": "муниципальный", "school": "школьный"}


def grouped(number: int) -> str:
    """As Russian pages print it; Playwright takes every blank for a space."""
    return f"{number:,}".replace(",", " ")


def among_words(number: int) -> str:
    """The same as a pattern, which has to name the blanks."""
    return grouped(number).replace(" ", r"\s")


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def facet(page: Page, name: str) -> dict[str, int]:
    """The values that a facet shows, with their counts."""
    values = page.locator(f"#facet-{name} li")
    labels, counts = values.locator("label span").all_inner_texts(), values.locator("b").all_inner_texts()
    return {label: int(re.sub(r"\D", "", count)) for label, count in zip(labels, counts, strict=True)}


def by_level(known: Known) -> Counter[str]:
    """The activities of the documents of each level, by its Russian name."""
    found: Counter[str] = Counter()
    for document in known.documents:
        found[LEVELS[document.level]] += document.activities
    return found


def test_the_first_page_counts_everything_and_leads_to_a_region(large_page: Page, large: Large) -> None:
    known = large.known
    large_page.goto("/?date=2026-01-01")
    expect(large_page.locator("ul.figures li b")).to_have_text(
        [
            grouped(number)
            for number in (
                known.roadmaps,
                known.activities,
                len(known.named) + len(known.persons),
                known.indicators,
            )
        ]
    )
    attention = large_page.get_by_role("region", name="Требует внимания")
    passed = sum(count for (year, _month), count in known.due.items() if year < 2026)
    expect(attention).to_contain_text(f"{grouped(passed)} срок")
    years = Counter({year: 0 for year, _month in known.due})
    for (year, _month), count in known.due.items():
        years[year] += count
    expect(attention).to_contain_text(", ".join(f"{year} ({count})" for year, count in sorted(years.items())))
    expect(attention.locator("ul.due li")).to_have_count(8)
    covered = Counter((document.region, LEVELS[document.level]) for document in known.documents)
    for (region, level), count in covered.items():
        cell = large_page.get_by_role("link", name=re.compile(rf"^{re.escape(region)}, {level}: {count} документ"))
        expect(cell).to_have_text(str(count))
    expect(large_page.get_by_role("link", name=re.compile(rf"и ещё {known.roadmaps - 12} документ"))).to_be_visible()
    large_page.get_by_role("link", name=re.compile(r"^Пермский край, муниципальный")).click()
    expect(heading(large_page)).to_have_text(f"Дорожные карты {covered['Пермский край', 'муниципальный']}")


def test_roadmaps_are_turned_like_pages_and_narrowed_by_level(large_page: Page, large: Large) -> None:
    large_page.goto("/roadmaps")
    expect(heading(large_page)).to_have_text(f"Дорожные карты {large.known.roadmaps}")
    rows = large_page.locator("tbody tr:not(.group)")
    expect(rows).to_have_count(100)
    assert facet(large_page, "level") == Counter(LEVELS[document.level] for document in large.known.documents)
    large_page.locator("a[rel=next]").click()
    expect(rows).to_have_count(large.known.roadmaps - 100)
    expect(large_page.get_by_role("navigation", name="Страницы")).to_contain_text("2 из 2")
    large_page.locator("#facet-level").get_by_label("школьный", exact=True).check()
    schools = [document for document in large.known.documents if document.level == "school"]
    expect(heading(large_page)).to_have_text(f"Дорожные карты {len(schools)}")
    expect(rows).to_have_count(len(schools))
    shown = {row.split("\t")[0]: int(row.split("\t")[4]) for row in rows.all_inner_texts()}
    assert shown == {document.title: document.activities for document in schools}


def test_activities_of_a_theme_are_as_many_as_were_made_up(large_page: Page, large: Large) -> None:
    known = large.known
    large_page.goto("/activities")
    expect(heading(large_page)).to_have_text(f"Мероприятия {grouped(known.activities)}")
    expect(large_page.locator("tbody tr:not(.group)")).to_have_count(100)
    expect(large_page.get_by_role("navigation", name="Страницы")).to_contain_text(f"1 из {-(-known.activities // 100)}")
    assert facet(large_page, "level") == by_level(known)
    themes = facet(large_page, "theme")
    assert themes["наставничество"] == known.mentoring.total()
    assert themes["методическая служба"] == known.activities
    assert themes["профориентация"] == known.themes["career-guidance"]
    assert themes["обучение наставников"] == known.themes["mentor-training"]
    large_page.locator("#facet-theme").get_by_label("профориентация", exact=True).check()
    expect(heading(large_page)).to_have_text(f"Мероприятия {known.themes['career-guidance']}")
    levels = facet(large_page, "level")
    assert sum(levels.values()) == known.themes["career-guidance"]
    large_page.locator("#facet-level").get_by_label("кроме: муниципальный").check()
    expect(heading(large_page)).to_have_text(f"Мероприятия {known.themes['career-guidance'] - levels['муниципальный']}")


def test_a_list_leads_to_the_thing_and_on_to_its_cell(large_page: Page) -> None:
    large_page.goto("/activities?roadmap=perm-krai-plan")
    row = large_page.locator("tbody tr:not(.group)").first
    row.get_by_role("link", name=re.compile("сопровождения молодых педагогов")).click()
    expect(heading(large_page)).to_contain_text("(Пермский край), этап 1")
    large_page.get_by_role("link", name="perm-krai-plan.txt, строка 9, столбец 5").first.click()
    expect(large_page.locator("td.cell.lit")).to_have_text(re.compile(r"^До \d\d\.\d\d\.20\d\d$"))


def test_the_last_page_of_a_long_list_holds_the_rest(large_page: Page, large: Large) -> None:
    pages, rest = divmod(large.known.activities, 100)
    large_page.goto(f"/activities?page={pages + 1}")
    expect(large_page.locator("tbody tr:not(.group)")).to_have_count(rest)
    expect(large_page.locator("a[rel=next]")).to_have_count(0)
    large_page.locator("a[rel=prev]").click()
    expect(large_page.locator("tbody tr:not(.group)")).to_have_count(100)


def test_bodies_stand_by_the_number_of_their_activities(large_page: Page, large: Large) -> None:
    known = large.known
    large_page.goto("/bodies")
    expect(heading(large_page)).to_have_text(f"Организации {len(known.named) + len(known.persons)}")
    assert facet(large_page, "type") == {"неопознанный исполнитель": len(known.named), "человек": len(known.persons)}
    numbers = large_page.locator("tbody tr td:last-child")
    most = [count for _actor, count in known.named.most_common(100)]
    expect(numbers).to_have_text([str(count) for count in most])
    large_page.get_by_label("Слова названия").fill("Карачаево")
    large_page.get_by_label("Слова названия").press("Enter")
    near = [actor for actor in known.named if "/karachay-cherkessia_" in actor]
    expect(heading(large_page)).to_have_text(f"Организации {len(near)}")


def test_a_facet_of_many_values_is_searched(large_page: Page, large: Large) -> None:
    large_page.goto("/activities")
    large_page.locator("#facet-actor summary").click()
    field = large_page.get_by_label("Исполнитель: Найти в списке")
    field.fill("Департамент образования (Пермский край), отдел общего")
    field.press("Enter")
    values = large_page.locator("#facet-actor li")
    expect(values).to_have_count(1)
    (named,) = [
        count
        for actor, count in large.known.named.items()
        if "/perm-krai_departament-" in actor and actor.endswith("-otdel-obshchego-obrazovaniia")
    ]
    expect(values.locator("b")).to_have_text(str(named))
    values.locator("label").first.click()
    expect(heading(large_page)).to_have_text(f"Мероприятия {named}")


def test_indicators_are_counted_and_lead_to_their_chart(large_page: Page, large: Large) -> None:
    large_page.goto("/indicators?level=municipality")
    expect(large_page.locator("tbody tr:not(.group)")).to_have_count(100)
    large_page.get_by_role("link", name="Убрать: муниципальный").click()
    expect(heading(large_page)).to_have_text(f"Показатели {grouped(large.known.indicators)}")
    large_page.locator("tbody tr:not(.group) a").first.click()
    points = large_page.locator("svg.drawing a:has(path.mark)")
    expect(points).to_have_count(5)
    points.nth(2).click()
    expect(large_page.locator("td.cell.lit")).to_contain_text(re.compile(r"; 2026 г\. – \d+%; 2027"))


def test_themes_and_territories_tell_how_much_they_have(large_page: Page, large: Large) -> None:
    large_page.goto("/themes")
    rows = [row.split("\t") for row in large_page.locator("tbody tr").all_inner_texts()]
    told = {row[0]: int(re.sub(r"\D", "", row[-2])) for row in rows}
    assert told["наставничество"] == large.known.mentoring.total()
    own = sorted(count for theme, count in large.known.themes.items() if theme != "mentoring")
    assert sorted(told.values())[-2 - len(own) : -2] == own

    large_page.goto("/territories")
    places = {(document.region, document.place) for document in large.known.documents}
    expect(heading(large_page)).to_have_text(f"Территории {len(places)}")
    expect(large_page.locator("tbody tr")).to_have_count(len(places))
    large_page.locator("#facet-within").get_by_label("Пермский край", exact=True).check()
    expect(heading(large_page)).to_have_text("Территории 6")


def test_places_of_one_name_are_told_apart_by_their_region(large_page: Page, large: Large) -> None:
    regions = {document.region for document in large.known.documents if document.place == "Заречный округ"}
    assert len(regions) > 5
    large_page.goto("/activities")
    field = large_page.get_by_label("Территория: Найти в списке")
    field.fill("Заречный")
    field.press("Enter")
    places = large_page.locator("#facet-territory li label span")
    expect(places).to_have_count(len(regions))
    named = {f"Заречный округ ({region})" for region in regions}
    assert set(places.all_inner_texts()) == named
    large_page.goto("/themes/mentoring")
    assert named <= set(large_page.locator("table.matrix tbody th").all_inner_texts())
    large_page.goto("/compare")
    assert named & set(large_page.locator("table.matrix thead th").all_inner_texts())
    large_page.goto("/search?q=Заречный округ&kind=territory")
    hits = large_page.locator(".hits li", has=large_page.get_by_role("link", name="Заречный округ", exact=True))
    assert sorted(hits.locator(".quiet").all_inner_texts()) == sorted(regions)
    large_page.goto("/linking")
    queued = large_page.locator("ol.queue li", has=large_page.get_by_role("link", name="Заречный округ", exact=True))
    told = [text.split(" · ")[0] for text in queued.locator(".apart").all_inner_texts()]
    assert len(told) == queued.count() > 1
    assert set(told) <= regions


def test_findings_are_counted_by_rule_and_lead_to_a_cell(large_page: Page, large: Large) -> None:
    large_page.goto("/quality")
    rule = large_page.locator("tbody tr", has_text="Исполнитель не назван").first
    expect(rule.locator("td.number").first).to_have_text(str(large.known.without_actor))
    rule.get_by_role("link").first.click()
    expect(heading(large_page)).to_contain_text(str(large.known.without_actor))
    large_page.locator("tbody tr:not(.group) td:last-child a").first.click()
    expect(large_page.locator(".lit").first).to_be_visible()


def test_the_change_is_told_document_by_document(large_page: Page, large: Large) -> None:
    large_page.goto("/changes")
    main = large_page.locator("main")
    expect(main).to_contain_text(re.compile(rf"{large.known.roadmaps}\s*новые документы"))
    expect(main).to_contain_text(re.compile(rf"{among_words(large.known.activities)}\s*строки добавлены"))
    new = large_page.locator("li", has_text="perm-krai-plan")
    expect(new).to_contain_text("22 мероприятия")
    new.get_by_role("link").click()
    expect(heading(large_page)).to_contain_text("perm-krai-plan")


def test_search_answers_as_one_types_and_counts_all(large_page: Page, large: Large) -> None:
    large_page.goto("/help")
    box = large_page.get_by_role("combobox", name="Поиск")
    box.press_sequentially("департамент образования пермский")
    hits = large_page.get_by_role("listbox")
    expect(hits.get_by_role("option").first).to_contain_text("Пермский край")
    box.press("Enter")
    expect(heading(large_page)).to_have_text("Поиск: департамент образования пермский")
    bodies = [actor for actor in large.known.named if "/perm-krai_departament-" in actor]
    expect(large_page.get_by_role("heading", name=re.compile("^Организации"))).to_have_text(
        f"Организации {len(bodies)}"
    )


def test_the_file_holds_all_rows_of_a_selection(large_page: Page, large: Large) -> None:
    large_page.goto("/activities?theme=mentoring")
    large_page.locator(".menu.data summary").click()
    with large_page.expect_download() as saved:
        large_page.get_by_role("link", name="CSV").click()
    with saved.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["iri"] for row in rows}) == large.known.mentoring.total()

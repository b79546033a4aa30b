from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.values.places import Place, read_place
from ontology.reference import Reference, load_reference
from tests.conftest import ROOT


@cache
def reference() -> Reference:
    return load_reference()


def place(title: str, *head: str, file: str = "", glossary: dict[str, str] | None = None) -> Place:
    return read_place(title=title, head_lines=head, file_name=file, glossary=glossary, reference=reference())


@pytest.mark.parametrize(
    ("document", "level", "subject", "municipality", "key"),
    [
        ("000", "region", "Томская область", None, "tomsk-obl"),
        ("001", "region", "Томская область", None, "tomsk-obl"),
        ("002", "region", "Тамбовская область", None, "tambov-obl"),
        ("003", "municipality", "Томская область", "Город Томск", "tomsk-city"),
        ("004", "municipality", "Приморский край", "Хорольский муниципальный округ", "khorol-mo"),
    ],
)
def test_the_five_documents(  # noqa: PLR0917  (a row of the table above)
    shared: Path,
    document: str,
    level: str,
    subject: str,
    municipality: str | None,
    key: str,
) -> None:
    gold = json.loads((shared / "gold" / "seeds" / f"{document}.json").read_text(encoding="utf-8"))
    text = (ROOT / "examples" / gold["source"]).read_text(encoding="utf-8")
    head = [line for line in text.split("\n")[:60] if "\t" not in line]
    glossary = {"ПК": "Институт развития образования Приморского края"} if document == "004" else {}
    found = place(gold["title"], *head, file=gold["source"], glossary=glossary)
    assert (found.level, found.key) == (level, key)
    assert (found.territory.federal_subject, found.territory.municipality) == (subject, municipality)
    assert found.level == gold["level"]


@pytest.mark.parametrize(
    ("title", "head", "level", "subject", "municipality"),
    [
        ("Дорожная карта в Новосибирской области", [], "region", "Новосибирская область", None),
        ("План Республики Алтай", [], "region", "Республика Алтай", None),
        ("План сети колледжей Тверской области", [], "region", "Тверская область", None),
        ("План Северного образовательного округа Самарской области", [], "hub", "Самарская область", None),
        ("План межрайонного методического центра Курганской области", [], "hub", "Курганская область", None),
        ("План Сибирского федерального округа на 2022 год", [], "interregional", None, None),
        ("План сотрудничества Тульской и Калужской областей", [], "interregional", None, None),
        ("План Белгородского института развития образования", [], "region", "Белгородская область", None),
        ("План Нижнего Тагила Свердловской области", [], "municipality", "Свердловская область", "город Нижний Тагил"),
        (
            "План города Нижний Тагил Свердловской области",
            [],
            "municipality",
            "Свердловская область",
            "город Нижний Тагил",
        ),
        (
            "План Зеленоградского административного округа города Москвы",
            [],
            "municipality",
            "Москва",
            "Зеленоградский административный округ",
        ),
        (
            "План города-курорта Кисловодска Ставропольского края",
            [],
            "municipality",
            "Ставропольский край",
            "город Кисловодск",
        ),
        (
            "План в муниципальном образовании город-курорт Анапа Краснодарского края",
            [],
            "municipality",
            "Краснодарский край",
            "муниципальное образование Анапа",
        ),
        ("План ЗАТО Александровск Мурманской области", [], "municipality", "Мурманская область", "ЗАТО Александровск"),
        (
            "План наукограда Кольцово Новосибирской области",
            [],
            "municipality",
            "Новосибирская область",
            "город Кольцово",
        ),
        (
            "План городского округа город Нефтекамск Республики Башкортостан",
            [],
            "municipality",
            "Республика Башкортостан",
            "городской округ Нефтекамск",
        ),
        (
            "План муниципального района имени Лазо Хабаровского края",
            [],
            "municipality",
            "Хабаровский край",
            "муниципальный район имени Лазо",
        ),
        ("План школ Ангарска Иркутской области", [], "municipality", "Иркутская область", "город Ангарск"),
        ("План в Нижнем Тагиле Свердловской области", [], "municipality", "Свердловская область", "город Нижний Тагил"),
        ("План развития Городского округа Самарской области", [], "region", "Самарская область", None),
        ("План района Хамовники города Москвы", [], "municipality", "Москва", "район Хамовники"),
        ("План Алтайского края", [], "region", "Алтайский край", None),
        ("Карта РСО-Алания", [], "region", "Республика Северная Осетия – Алания", None),
        ("Карта Республики Саха (Якутия)", [], "region", "Республика Саха (Якутия)", None),
        ("КАРТА ХМАО", [], "region", "Ханты-Мансийский автономный округ – Югра", None),
        ("Карта ХМАО", [], "region", "Ханты-Мансийский автономный округ – Югра", None),
        (
            "Карта Ханты-Мансийского автономного округа – Югры",
            [],
            "region",
            "Ханты-Мансийский автономный округ – Югра",
            None,
        ),
        ("Дорожная карта города Москвы", [], "region", "Москва", None),
        ("План Санкт-Петербурга", [], "region", "Санкт-Петербург", None),
        ("План", ["Приказ Министерства образования Республики Татарстан"], "region", "Республика Татарстан", None),
        (
            "Карта Уссурийского городского округа",
            ["Приморский край"],
            "municipality",
            "Приморский край",
            "Уссурийский городской округ",
        ),
        (
            "План в Петровском муниципальном округе Ставропольского края",
            [],
            "municipality",
            "Ставропольский край",
            "Петровский муниципальный округ",
        ),
        (
            "Карта муниципального района «Читинский район»",
            ["Забайкальский край"],
            "municipality",
            "Забайкальский край",
            "Читинский район",
        ),
        ("Карта городского округа Тольятти Самарской области", [], "municipality", "Самарская область", None),
        ("Карта Колпашевского района", [], "municipality", "Томская область", "Колпашевский район"),
        ("Карта Усть-Илимского района", [], "municipality", None, "Усть-Илимский район"),
        ("План развития образования в Нижнем Новгороде", [], "municipality", "Нижегородская область", None),
        ("Карта г. Ростова-на-Дону", [], "municipality", "Ростовская область", "Город Ростов-на-Дону"),
        (
            "План",
            ["к приказу отдела образования администрации Бакчарского района Томской области"],
            "municipality",
            "Томская область",
            "Бакчарский район",
        ),
        ("КАРТА БАКЧАРСКОГО РАЙОНА", [], "municipality", "Томская область", "Бакчарский район"),
        ("ДОРОЖНАЯ КАРТА ГОРОДА ТОМСКА", [], "municipality", "Томская область", "Город Томск"),
        ("ДОРОЖНАЯ КАРТА ХАБАРОВСКОГО КРАЯ", [], "region", "Хабаровский край", None),
        (
            "Модель Ольхонского районного муниципального образования",
            ["Иркутская область"],
            "municipality",
            "Иркутская область",
            "Ольхонское районное муниципальное образование",
        ),
        (
            "Карта Муниципального дошкольного учреждения детского сада №18 Пролетарского района Ростовской области",
            [],
            "school",
            "Ростовская область",
            "Пролетарский район",
        ),
        ("Дорожная карта МБОУ СОШ № 5 г. Бердска", [], "school", None, "город Бердск"),
        ("План", ["УТВЕРЖДАЮ", "Директор МБОУ СОШ № 12", "г. Чита"], "school", "Забайкальский край", "Город Чита"),
        ("План детского сада № 18 «Ромашка»", [], "school", None, None),
        (
            "Дорожная карта МКОУ СОШ с.Благодатное",
            [],
            "school",
            "Приморский край",
            "Хорольский муниципальный округ",
        ),
        ("Федеральная дорожная карта Минпросвещения России", [], "federal", None, None),
        ("Межрегиональная дорожная карта", [], "interregional", None, None),
        ("Дорожная карта", [], None, None, None),
        # The place of signing is no clue, nor is an act of somebody else.
        ("План Курской области", ["г. Курск"], "region", "Курская область", None),
        (
            "План Курской области",
            ["В соответствии с приказом администрации Петровского района"],
            "region",
            "Курская область",
            None,
        ),
    ],
)
def test_places_in_any_grammatical_case(
    title: str,
    head: list[str],
    level: str | None,
    subject: str | None,
    municipality: str | None,
) -> None:
    found = place(title, *head)
    assert (found.level, found.territory.federal_subject) == (level, subject)
    if municipality is not None:
        assert found.territory.municipality == municipality
    elif level != "municipality":
        assert found.territory.municipality is None


@pytest.mark.parametrize("key", [key for key, row in load_reference().territories.items() if row.territory == "ru"])
def test_every_federal_subject_is_found_by_its_name(key: str) -> None:
    name = reference().territories[key].label_ru
    found = place(f"Дорожная карта (план мероприятий): {name}")
    assert (found.level, found.key, found.territory.federal_subject) == ("region", key, name)


def test_the_subject_of_a_municipality_is_read_from_the_glossary() -> None:
    found = place("Карта Ольгинского округа", glossary={"ИРО": "Институт развития образования Приморского края"})
    assert found.territory.federal_subject == "Приморский край"
    assert found.key == "primorsky-krai-olginskii-okrug"
    assert found.within == "primorsky-krai"


def test_a_hub_has_its_members() -> None:
    found = place("Дорожная карта хаба «Томск – Томский район»")
    assert found.level == "hub"
    assert found.territory.members == ["Город Томск", "Томский район"]
    assert found.key == "tomsk-obl"


def test_the_file_name_is_the_last_clue() -> None:
    assert place("Дорожная карта", file="Дорожная_карта_Томской_области.docx").key == "tomsk-obl"


@given(st.text(max_size=80))
def test_any_title_gives_a_safe_key(title: str) -> None:
    found = place(title, title)
    assert set(found.key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert found.key.strip("-") == found.key
    assert found.key


def test_a_hub_lists_its_members_in_the_nominative() -> None:
    found = place("План хаба «Луч» (Ординский, Кишертский и Берёзовский муниципальные округа Пермского края)")

    assert found.level == "hub"
    assert found.territory.federal_subject == "Пермский край"
    assert found.territory.members == [
        "Ординский муниципальный округ",
        "Кишертский муниципальный округ",
        "Берёзовский муниципальный округ",
    ]


def test_a_plan_of_several_subjects_is_interregional_and_lists_them() -> None:
    found = place("План межрегионального сотрудничества Республики Коми, Пермского края и Кировской области")

    assert found.level == "interregional"
    assert found.territory.members == ["Республика Коми", "Пермский край", "Кировская область"]


def test_a_plan_of_one_municipality_of_a_hub_is_that_municipality() -> None:
    assert place("План межмуниципальной сети Ординского муниципального округа Пермского края").level == "municipality"

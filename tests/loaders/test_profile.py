from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from loaders.extract import extract
from loaders.extraction import Extraction
from loaders.profile import Profile, ProfileError, load_profile, profile_path, profile_text
from ontology.reference import Reference


def test_no_profile_is_an_empty_one(tmp_path: Path) -> None:
    assert load_profile(tmp_path / "нет.profile.yaml") == Profile()


def test_the_profile_stands_beside_the_document() -> None:
    assert profile_path(Path("docs/план.v2.txt")) == Path("docs/план.v2.profile.yaml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("roadmap: [", "line 1: is no valid YAML"),
        ("- roadmap", "must hold keys"),
        ("roadmap: Томск", "key «roadmap»"),
        ("roadmapp: tomsk", "key «roadmapp»"),
        ("rows:\n- cell: строка 5\n", "key «rows.0.expects»"),
        (
            "rows:\n- {cell: строка 5, expects: Приказ, themes: [{theme: mentoring, basis: guess}]}",
            "key «rows.0.themes.0.basis»",
        ),
        ("tables: {t1: {kind: plan}}", "key «tables.t1.kind»"),
    ],
)
def test_a_faulty_profile_gives_one_sentence(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "план.profile.yaml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ProfileError, match=said) as refused:
        load_profile(path)

    assert str(refused.value).startswith("план.profile.yaml")
    assert "\n" not in str(refused.value)


def test_the_profiles_of_the_examples_name_their_roadmaps(examples: Path) -> None:
    slugs = [load_profile(profile_path(path)).roadmap for path in sorted(examples.glob("*.txt"))]

    assert slugs == ["tomsk-obl-mr", "tomsk-obl-nastav", "tambov-obl-nms", "tomsk-city-model", "khorol-mo-nms"]


TABLE = (
    "Дорожная карта наставничества Томской области на 2021-2022 годы\n\n"
    "№\tМероприятие\tСроки\tОтветственные\tПримечание\n"
    "Раздел 1. Подготовка\n"
    "1\tПровести семинар\tмай\tТОИПКРО\tДОО ТО\n"
    "2\tИздать приказ\tиюнь\tДОО ТО\tТОИПКРО\n"
)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "план.txt"
    path.write_text(TABLE, encoding="utf-8")
    return path


def written(plan: Path, reference: Reference, **changes: Any) -> Extraction:  # noqa: ANN401  (what a person types)
    """What is read with the profile that the first reading wrote, after a person changed some keys."""
    first = extract(plan, reference=reference, profile=Profile())
    content = yaml.safe_load(profile_text(first, Profile()))
    content["tables"]["t1"] |= changes.pop("t1", {})
    for number, column in changes.pop("columns", {}).items():
        content["tables"]["t1"]["columns"][number] |= column
    profile_path(plan).write_text(yaml.safe_dump(content | changes, allow_unicode=True), encoding="utf-8")
    return extract(plan, reference=reference)


def test_a_written_profile_changes_nothing(examples: Path, reference: Reference) -> None:
    for path in sorted(examples.glob("*.txt")):
        own = load_profile(profile_path(path))
        first = extract(path, reference=reference, profile=own)
        again = Profile.model_validate({**yaml.safe_load(profile_text(first, own)), "file": own.file})
        assert extract(path, reference=reference, profile=again) == first


def test_a_written_profile_says_what_was_read(plan: Path, reference: Reference) -> None:
    found = yaml.safe_load(profile_text(extract(plan, reference=reference, profile=Profile()), Profile()))
    assert found == {
        "roadmap": "plan",
        "level": "region",
        "territory": "Томская область",
        "period": "2021-01-01/2022-12-31",
        "tables": {
            "t1": {
                "kind": "activities",
                "head": 1,
                "sections": "rows",
                "columns": {
                    1: {"label": "№", "role": "number"},
                    2: {"label": "Мероприятие", "role": "activity"},
                    3: {"label": "Сроки", "role": "deadline"},
                    4: {"label": "Ответственные", "role": "responsible"},
                    5: {"label": "Примечание", "role": "other"},
                },
            }
        },
    }


def test_the_role_of_a_column_is_obeyed(plan: Path, reference: Reference) -> None:
    found = written(plan, reference, columns={4: {"role": "other"}, 5: {"role": "responsible"}})
    assert [[actor.raw for actor in row.responsible] for row in found.rows] == [["ДОО ТО"], ["ТОИПКРО"]]


def test_a_table_is_left_out(plan: Path, reference: Reference) -> None:
    other = "№\tМероприятие\tСроки\tОтветственный\n1\tОбновить сайт\tмай 2021\tТОИПКРО\n"
    plan.write_text(f"{TABLE}\nПриложение\n\n{other}", encoding="utf-8")
    assert {row.place.table for row in extract(plan, reference=reference, profile=Profile()).rows} == {"t1", "t2"}
    found = written(plan, reference, t1={"kind": "other"})
    assert {row.place.table for row in found.rows} == {"t2"}
    assert found.tables[0].reason == "left out by the profile"


def test_period_level_territory_and_glossary_are_obeyed(plan: Path, reference: Reference) -> None:
    found = written(
        plan,
        reference,
        period="2023",
        level="municipality",
        territory="Томская область, Город Томск",
        glossary={"ДОО ТО": "Детское объединение Томска"},
    )
    assert [row.deadline.start for row in found.rows if row.deadline] == ["2023-05-01", "2023-06-01"]
    assert found.level == "municipality"
    assert found.territory is not None
    assert found.territory.municipality == "Город Томск"
    assert found.rows[1].responsible[0].label == "Детское объединение Томска"
    assert [outcome.field for outcome in found.corrections] == ["level", "territory", "period"]


def test_the_slug_of_the_roadmap_is_obeyed(plan: Path, reference: Reference) -> None:
    assert written(plan, reference, roadmap="tomsk-plan").roadmap == "tomsk-plan"


def test_the_rows_of_a_head_are_obeyed(plan: Path, reference: Reference) -> None:
    plan.write_text(
        TABLE.replace("Раздел 1. Подготовка\n", "-\tпо порядку\tпо порядку\tпо алфавиту\t-\n"), encoding="utf-8"
    )
    first = extract(plan, reference=reference, profile=Profile())
    assert (first.tables[0].head, len(first.rows)) == (1, 3)
    with pytest.raises(ProfileError, match="the label is «№ -», not «№»"):
        written(plan, reference, t1={"head": 2})
    labels = {
        1: {"label": "№ -"},
        2: {"label": "Мероприятие по порядку"},
        3: {"label": "Сроки по порядку"},
        4: {"label": "Ответственные по алфавиту"},
        5: {"label": "Примечание -"},
    }
    found = written(plan, reference, t1={"head": 2}, columns=labels)
    assert [row.activity for row in found.rows] == ["Провести семинар", "Издать приказ"]


def test_the_rule_for_sections_is_obeyed(plan: Path, reference: Reference) -> None:
    rows = extract(plan, reference=reference, profile=Profile()).rows
    assert [step.title for row in rows for step in row.section_path] == ["Раздел 1. Подготовка"] * 2
    found = written(plan, reference, t1={"sections": "none"})
    assert [row.section_path for row in found.rows if row.activity == "Провести семинар"] == [[]]
    rows_alone = TABLE.replace("Раздел 1. Подготовка\n", "").replace("ТОИПКРО\tДОО ТО", "ТОИПКРО\tКадры")
    plan.write_text(rows_alone.replace("ДОО ТО\tТОИПКРО", "ДОО ТО\t"), encoding="utf-8")
    profile_path(plan).unlink()
    found = written(plan, reference, t1={"sections": "column"}, columns={5: {"role": "section"}})
    assert [step.title for row in found.rows for step in row.section_path] == ["Кадры", "Кадры"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tables": {"t7": {"kind": "other"}}}, "key «tables.t7»: the document has the tables t1"),
        ({"t1": {"head": 9}}, "the table has no 9 rows for a head"),
        ({"t1": {"columns": {9: "other"}}}, "key «tables.t1.columns.9»: the table has 5 columns"),
        ({"columns": {3: {"label": "Дата"}}}, "the label is «Сроки», not «Дата»: the source has changed"),
        ({"columns": {3: {"role": "time"}}}, "key «tables.t1.columns.3.role»"),
        ({"t1": {"sections": "column"}}, "no column has the role «section»"),
        ({"period": "вчера"}, "«period»: «вчера» is no period"),
        ({"territory": "Атлантида"}, "«territory»: «Атлантида» is no known territory"),
        ({"level": "moon"}, "key «level»"),
        ({"rows": [{"cell": "строка 5, столбец 2", "expects": "Провести"}]}, "say what is changed"),
        (
            {"rows": [{"cell": "строка 5, столбец 2", "expects": "Провести", "themes": [{"basis": "text"}]}]},
            "say what stands here",
        ),
        (
            {"rows": [{"cell": "строка 5, столбец 3", "expects": "май", "deadline": "никогда"}]},
            "«никогда» cannot be read as a deadline",
        ),
    ],
)
def test_a_key_that_cannot_be_obeyed_gives_one_sentence(
    plan: Path, reference: Reference, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ProfileError, match=re.escape(said)) as refused:
        written(plan, reference, **changes)
    assert str(refused.value).startswith("план.profile.yaml: ")
    assert "\n" not in str(refused.value)


def test_every_override_of_a_row_is_obeyed(plan: Path, reference: Reference) -> None:
    rows = [
        {
            "cell": "строка 5, столбец 2",
            "expects": "Провести",
            "text": "Провести вебинар",
            "number": "1а",
            "section": "2. Новый раздел",
            "level": "school",
            "deadline": "июль 2021",
            "themes": [{"theme": "mentoring"}],
            "actors": [{"actor": "ДОО ТО", "instead": "ТОИПКРО"}, {"actor": "Совет ветеранов"}],
        },
        {"cell": "строка 6, столбец 2", "expects": "Издать", "kind": "none"},
    ]
    (row,) = written(plan, reference, rows=rows).rows
    assert (row.activity, row.number, row.level) == ("Провести вебинар", "1а", "school")
    assert [step.title for step in row.section_path] == ["Новый раздел"]
    assert row.deadline is not None
    assert row.deadline.start == "2021-07-01"
    assert "manual" in {theme.basis for theme in row.themes if theme.theme == "mentoring"}
    assert [actor.label for actor in row.responsible][1:] == ["Совет ветеранов"]
    assert row.responsible[0].raw == "ТОИПКРО"
    assert row.responsible[0].iri is not None
    assert "toipkro" not in row.responsible[0].iri

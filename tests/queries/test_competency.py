"""
The competency questions with the answers of the ontology design (part 3), written down before any query ran.

Rows are cited as there: «D1/2.3».  A question is answered by one of the project's files with the values named here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.results import Table
from queries.binding import bind
from tests.queries.seeds import BASE, ROADMAPS, row, rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.snapshots import Snapshot
    from queries.binding import Value
    from queries.catalogue import Catalogue

D0, D1, D2, D3, D4 = (ROADMAPS[code] for code in ("D0", "D1", "D2", "D3", "D4"))
Record = dict[str, str]
Case = tuple[str, str, dict[str, "Value"], str]

MENTORING = "D0/5, 6; D1/1.1–1.10, 2.1–2.4, 3.1–3.4; D2/2.8; D4/2.1–2.12, 3.2, 5.15"
OF_MOUO = "D0/2, 4, 6, 9, 12, 14.1, 14.2, 14.4; D1/1.1, 1.3, 1.5, 1.6, 1.7, 1.8, 2.4, 3.1, 3.2, 3.3, 3.4"
OF_SCHOOL = "D4/1.1–1.5, 1.8–1.12, 1.15–1.19, 2.1–2.11, 3.2, 3.4, 4.1–4.7, 5.6, 5.8, 5.9"

# question, values, the rows of the answer
ROW_ANSWERS: list[Case] = [
    ("Q1", "who-is-responsible", {}, MENTORING),
    ("Q2", "activities-without-responsible", {}, "D4/5.15"),
    ("Q3 alone", "activities-of-body", {"share": "alone"}, "D0/3, 5, 7, 8, 10, 11; D1/1.9, 2.1, 2.2, 2.3"),
    (
        "Q3 jointly",
        "activities-of-body",
        {"share": "jointly"},
        "D0/1, 2, 4, 6, 9, 12, 13, 14, 14.3; D1/1.3, 1.4, 1.7, 1.10, 2.4, 3.1, 3.2, 3.3",
    ),
    ("Q4", "what-falls-on-body", {"actor": "tambov-obl_toipkro"}, "D2/1.12, 1.21, 2.3, 2.7, 2.8, 3.2, 3.4"),
    ("Q5", "activities-of-body", {"actor": "group:tomsk-obl_mouo"}, OF_MOUO),
    (
        "Q5 alone",
        "activities-of-body",
        {"actor": "group:tomsk-obl_mouo", "share": "alone"},
        "D0/14.1, 14.2; D1/1.1, 1.6, 1.8, 3.4",
    ),
    ("Q6", "what-falls-on-body", {"actor": "tomsk-city_do"}, f"D3/7, 10, 12; {OF_MOUO}"),
    ("Q7", "what-falls-on-body", {"actor": "khorol-mo_blagodatnoe"}, OF_SCHOOL),
    (
        "Q8",
        "activities-of-body",
        {"actor": "tomsk-obl_doo"},
        "D0/1, 2, 6, 9, 12, 13, 14, 14.3, 14.4; D1/1.3, 1.4, 1.10, 3.3",
    ),
    ("Q9 not the centre", "activities-without-body", {"actor": "tomsk-city_imc", "roadmap": D3}, "D3/15"),
    (
        "Q9 the centre alone",
        "activities-of-body",
        {"actor": "tomsk-city_imc", "share": "alone", "roadmap": D3},
        "D3/1, 2, 4, 14, 16, 18, 20",
    ),
    ("Q9 the department", "activities-of-body", {"actor": "tomsk-city_do"}, "D3/7, 10, 12"),
    ("Q9 schools", "activities-of-body", {"actor": "group:tomsk-city_oo"}, "D3/5–12, 15, 19"),
    ("Q9 schools alone", "activities-of-body", {"actor": "group:tomsk-city_oo", "share": "alone"}, "D3/15"),
    (
        "Q10 alone",
        "activities-of-body",
        {"actor": "khorol-mo_omr", "share": "alone"},
        "D4/1.13, 1.14, 2.12, 3.1, 3.3, 3.5, 3.6, 5.1, 5.10–5.14",
    ),
    (
        "Q10 without",
        "activities-without-body",
        {"actor": "khorol-mo_omr", "roadmap": D4},
        "D4/1.2, 1.3, 1.4, 1.11, 1.18, 1.19, 2.3, 5.8, 5.15",
    ),
    (
        "Q12",
        "role-or-group-only",
        {},
        (
            "D0/14.1, 14.2; D1/1.1, 1.2, 1.5, 1.6, 1.8, 3.4; D2/1.4-b, 1.5, 1.9, 1.10, 1.11, 1.17, 1.24; D3/15; "
            "D4/1.2, 1.3, 1.4, 1.11, 1.18, 1.19, 2.3, 5.8"
        ),
    ),
    ("Q13", "by-agreement", {}, "D1/3.1"),
    ("Q22 2020-05", "due-in-month", {"year": 2020, "month": 5}, "D0/6; D1/1.1, 1.2, 1.3"),
    ("Q22 2020-06", "due-in-month", {"year": 2020, "month": 6}, "D0/2, 7; D1/1.4, 1.5"),
    ("Q22 2020-09", "due-in-month", {"year": 2020, "month": 9}, "D0/8, 11"),
    ("Q22 2020-12", "due-in-month", {"year": 2020, "month": 12}, "D1/2.1, 2.2"),
    (
        "Q22 2020-12 with years",
        "due-in-month",
        {"year": 2020, "month": 12, "coarse": True, "roadmap": D1},
        "D1/2.1, 2.2, 1.6, 1.7, 1.10, 2.4, 3.1, 3.2, 3.3, 3.4",
    ),
    (
        "Q22 2021-05",
        "due-in-month",
        {"year": 2021, "month": 5},
        "D2/1.4-b, 1.5, 1.6, 1.7, 2.4, 2.5, 2.6, 3.2, 3.3, 3.4; D3/15",
    ),
    (
        "Q22 2021-06",
        "due-in-month",
        {"year": 2021, "month": 6},
        "D2/1.8, 1.12, 1.13, 2.7; D3/18, 19; D4/1.13, 2.7",
    ),
    (
        "Q22 2021-06 with other columns",
        "due-in-month",
        {"year": 2021, "month": 6, "elsewhere": True},
        "D2/1.8, 1.12, 1.13, 2.7; D3/18, 19; D4/1.13, 2.7, 5.9",
    ),
    ("Q22 2021-12", "due-in-month", {"year": 2021, "month": 12}, "D2/1.19; D3/18, 19"),
    ("Q22 2022-06", "due-in-month", {"year": 2022, "month": 6}, "D3/18, 19; D4/1.2, 1.13, 2.2, 2.7"),
    ("Q22 2022-11", "due-in-month", {"year": 2022, "month": 11}, "D2/1.18, 1.23"),
    (
        "Q23",
        "deadlines-of-kind",
        {"kind": "recurrence"},
        (
            "D0/3, 4, 14.2; D1/1.6, 1.7, 1.10, 2.3, 2.4, 3.1, 3.2, 3.3, 3.4; D2/1.18, 1.19, 1.23; "
            "D3/5, 6, 9, 11, 12, 18, 19; D4/1.13, 1.14, 2.5, 2.7, 2.8"
        ),
    ),
    ("Q23 continuous", "deadlines-of-kind", {"kind": "continuous"}, "D1/1.3; D3/14"),
    (
        "Q24",
        "without-calendar-bound",
        {},
        "D0/3, 4, 14, 14.1, 14.2, 14.3, 14.4; D2/1.11, 1.20, 1.21, 1.22, 2.8; D3/20",
    ),
    (
        "Q25",
        "deadlines-of-kind",
        {"kind": "by-external-schedule"},
        "D0/14, 14.1, 14.3, 14.4; D2/1.20, 1.21, 1.22, 2.8",
    ),
    ("Q26", "deadlines-of-kind", {"kind": "triggered"}, "D2/1.11"),
    ("Q27", "deadlines-of-kind", {"kind": "underspecified"}, "D3/20"),
    ("Q29", "ends-before-targets", {}, "D1/1.1, 1.2, 1.4, 1.5, 1.8, 1.9, 2.1, 2.2"),
    ("Q32", "tolerances", {}, "D1/1.1–1.10, 2.1–2.4, 3.1–3.4"),
    (
        "Q34 assignment",
        "based-on-programme",
        {"source": "tomsk-city_municipal-assignment"},
        "D3-S/mun-4, mun-6, eff-6, eff-7",
    ),
    ("Q34 programme", "based-on-programme", {"source": "tomsk-city_education"}, "D3-S/eff-8, eff-13"),
    (
        "Q42 to be issued",
        "acts-to-issue",
        {"roadmap": D2},
        "D2/1.1, 1.3, 1.6, 1.7, 1.13, 1.18, 2.2, 2.4, 2.5, 3.2, 3.3, 3.4",
    ),
]

# question, values, the rows that the answer holds at least once; repetitions do not count
ROW_SETS: list[Case] = [
    (
        "Q14",
        "theme-everywhere",
        {},
        f"{MENTORING}; D3-R/1.3, 1.5; D3-S/OO-2, eff-5, reg-6",
    ),
    (
        "Q14 wider",
        "theme-everywhere",
        {"wide": True},
        f"{MENTORING}; D4/3.1, 5.10; D0/7; D4/3.3; D3-R/1.3, 1.5; D3-S/OO-2, eff-5, reg-6",
    ),
    ("Q17", "theme-everywhere", {"theme": "mentor-training"}, "D1/3.1, 3.2; D2/2.8; D4/2.2"),
    ("Q18", "theme-everywhere", {"theme": "mentor-contests"}, "D1/3.3, 3.4; D4/2.5, 3.2; D3-R/1.5"),
    (
        "Q18 wider",
        "theme-everywhere",
        {"theme": "mentor-contests", "wide": True},
        "D1/3.3, 3.4; D4/2.5, 3.2, 3.3; D3-R/1.5",
    ),
    ("Q19", "theme-everywhere", {"theme": "mentor-registers"}, "D1/2.1; D4/2.1"),
    ("Q20", "theme-everywhere", {"theme": "mentoring-web-page"}, "D1/1.3, 2.2; D4/2.12"),
    (
        "Q20 wider",
        "theme-everywhere",
        {"theme": "mentoring-web-page", "wide": True},
        "D1/1.3, 2.2; D4/2.12, 2.8; D2/2.8",
    ),
    ("Q21", "target-series", {"theme": "mentor-contests", "year": 2021, "unit": "percent"}, "D1/3.3, 3.4"),
    ("Q28", "expired-before-approval", {}, "D3/1, 2, 4, 18, 19"),
    ("Q31", "target-series", {}, "D1/1.1–1.10, 2.1–2.4, 3.1–3.4; D3-R/1.3; D4/1.8, 1.9"),
    ("Q33", "target-series", {"roadmap": D1, "unit": "percent"}, "D1/3.3, 3.4"),
    ("Q43", "federal-links", {}, "D2/1.9, 1.10, 1.11"),
]


def records(snapshot: Snapshot, catalogue: Catalogue, question: str, values: Mapping[str, Value]) -> list[Record]:
    """The rows of an answer, IRIs of the data without their base, unbound values as empty text."""
    table = snapshot.query(bind(catalogue[question], values))
    assert isinstance(table, Table)
    return [
        {name: str(getattr(term, "value", "")).removeprefix(f"{BASE}id/") for name, term in record.items()}
        for record in table.records()
    ]


@pytest.mark.parametrize("case", ROW_ANSWERS, ids=[case[0] for case in ROW_ANSWERS])
def test_the_answer_has_these_rows_once_each(five_roadmaps: Snapshot, catalogue: Catalogue, case: Case) -> None:
    _, question, values, expected = case
    found = records(five_roadmaps, catalogue, question, values)

    assert rows(expected) == sorted(next(iter(record.values())) for record in found)


@pytest.mark.parametrize("case", ROW_SETS, ids=[case[0] for case in ROW_SETS])
def test_the_answer_speaks_of_these_rows(five_roadmaps: Snapshot, catalogue: Catalogue, case: Case) -> None:
    _, question, values, expected = case
    found = records(five_roadmaps, catalogue, question, values)
    named = {next(iter(record.values())) for record in found}

    assert rows(expected) == sorted(name for name in named if not name.startswith("passage/"))


def test_q1_names_the_actors_in_the_order_of_the_cell(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    by_row = {record["activity"]: record for record in records(five_roadmaps, catalogue, "who-is-responsible", {})}
    labels = {record["actor"]: record["name"] for record in records(five_roadmaps, catalogue, "rows-per-actor", {})}

    for code, actors in (
        ("D0/6", ["body/tomsk-obl_doo", "body/tomsk-obl_toipkro", "group/tomsk-obl_mouo"]),
        (
            "D1/1.3",
            [
                "body/tomsk-obl_doo",
                "body/tomsk-obl_toipkro",
                "group/tomsk-obl_mouo",
                "group/tomsk-obl_doo-subordinate-heads",
                "group/tomsk-obl_oo-heads",
            ],
        ),
        ("D1/1.7", ["group/tomsk-obl_mouo", "body/tomsk-obl_toipkro"]),
        ("D4/2.1", ["body/khorol-mo_omr", "group/khorol-mo_oo-heads", "group/khorol-mo_oo-teachers"]),
        ("D4/2.7", ["body/khorol-mo_omr", "group/khorol-mo_mentor-teachers"]),
    ):
        assert by_row[row(code)]["responsible"] == "; ".join(labels[actor] for actor in actors), code
    assert by_row[row("D2/2.8")]["responsible"].startswith("Мирзаева Т.В.; Солопова Н.К.; Кирсанов И.Н.; ")
    assert by_row[row("D4/5.15")]["responsible"] == ""


def test_q1_tells_the_role(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    by_row = {record["activity"]: record for record in records(five_roadmaps, catalogue, "who-is-responsible", {})}

    assert by_row[row("D1/1.1")]["role"] == "ответственный"
    assert by_row[row("D1/3.1")]["role"] == "ответственный; по согласованию"
    assert by_row[row("D4/2.1")]["role"] == "участник или организатор"
    assert by_row[row("D4/5.15")]["role"] == ""


def test_q1_gives_number_level_deadline_and_place(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    by_row = {record["activity"]: record for record in records(five_roadmaps, catalogue, "who-is-responsible", {})}
    printed, unnumbered = by_row[row("D1/1.3")], by_row[row("D4/5.15")]

    assert (printed["number"], unnumbered["number"]) == ("3.", "(5.15)")
    assert (printed["level"], unnumbered["level"]) == ("региональный", "муниципальный")
    assert printed["deadline"] == "Май 2020, далее постоянно"
    assert printed["place"].startswith("001_86a2010b6c35da95.txt, строка 10")


def counts(found: list[Record], key: str, value: str) -> dict[str, int]:
    return {record[key]: int(record[value]) for record in found}


def test_q1_counts_by_actor(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = counts(records(five_roadmaps, catalogue, "rows-per-actor", {"theme": "mentoring"}), "actor", "activities")
    persons = [actor for actor in found if actor.startswith("person/")]

    assert {actor: number for actor, number in found.items() if actor not in persons} == {
        "body/tomsk-obl_toipkro": 14,
        "group/tomsk-obl_mouo": 12,
        "body/khorol-mo_omr": 12,
        "group/khorol-mo_oo-heads": 6,
        "body/tomsk-obl_doo": 5,
        "group/khorol-mo_mentor-teachers": 4,
        "group/khorol-mo_oo-teachers": 4,
        "group/tomsk-obl_oo-heads": 3,
        "group/tomsk-obl_doo-subordinate-heads": 3,
        "group/tomsk-obl_dpo-providers": 1,
        "group/khorol-mo_mentee-teachers": 1,
        "group/tambov-obl_toipkro-chairs": 1,
    }
    assert [found[person] for person in persons] == [1, 1, 1]


def test_q4_the_institute_of_tambov_is_named_in_no_actor_cell(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "what-falls-on-body", {"actor": "tambov-obl_toipkro"})

    assert {record["how"] for record in found} == {"своими должностями или людьми"}
    assert records(five_roadmaps, catalogue, "activities-of-body", {"actor": "tambov-obl_toipkro"}) == []


def test_q6_and_q7_tell_names_from_groups(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    city = records(five_roadmaps, catalogue, "what-falls-on-body", {"actor": "tomsk-city_do"})
    school = records(five_roadmaps, catalogue, "what-falls-on-body", {"actor": "khorol-mo_blagodatnoe"})

    assert rows("D3/7, 10, 12") == sorted(r["activity"] for r in city if r["how"] == "по имени")
    assert rows("D4/1.8, 1.10, 1.12") == sorted(r["activity"] for r in school if r["how"] != "через группу")
    assert (len(city), len(school)) == (22, 38)


def test_q9_and_q10_count_the_rows_of_a_plan(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    city = counts(records(five_roadmaps, catalogue, "rows-per-actor", {"roadmap": D3}), "actor", "activities")
    khorol = counts(records(five_roadmaps, catalogue, "rows-per-actor", {"roadmap": D4}), "actor", "activities")

    assert city == {"body/tomsk-city_imc": 16, "group/tomsk-city_oo": 10, "body/tomsk-city_do": 3}
    assert khorol["body/khorol-mo_omr"] == 50


def test_q11_rows_of_each_person_in_tambov(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "rows-per-actor", {"roadmap": D2})
    by_name = {record["name"] if record["actor"].startswith("person/") else record["actor"]: record for record in found}

    assert {name: int(record["activities"]) for name, record in by_name.items()} == {
        "Мирзаева Т.В.": 15,
        "Шешерина Г.А.": 11,
        "Кирсанов И.Н.": 9,
        "Солопова Н.К.": 8,
        "Полунина Н.Л.": 5,
        "Полунина Н.А.": 1,
        "Афонина Е.В.": 3,
        "Мексичев О.А.": 2,
        "Ермакова О.А.": 2,
        "Примакова Е.А.": 1,
        "Кожевникова И.В.": 1,
        "post/tambov-obl_cnppm-head": 8,
        "group/tambov-obl_toipkro-chairs": 7,
        "group/tambov-obl_nms-subjects": 5,
        "group/tambov-obl_toipkro-course-heads": 1,
    }
    assert {name: int(record["alone"]) for name, record in by_name.items() if record["alone"] != "0"} == {
        "Мирзаева Т.В.": 2,
        "Шешерина Г.А.": 1,
        "Кирсанов И.Н.": 1,
        "Кожевникова И.В.": 1,
        "post/tambov-obl_cnppm-head": 2,
        "group/tambov-obl_nms-subjects": 5,
    }


def test_q14_prose_of_the_city_model_speaks_of_mentoring(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "theme-everywhere", {"roadmap": D3})

    assert sorted(record["place"].rpartition(" ")[2] for record in found if record["kind"] == "абзац") == [
        "150",
        "168",
        "207",
    ]


def test_q15_yearly_series_of_the_mentoring_programme(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "target-series", {"roadmap": D1})
    series: dict[str, list[int]] = {}
    for record in sorted(found, key=lambda record: record["year"]):
        series.setdefault(record["entry"], []).append(int(float(record["amount"])))

    ones, twenties = [1, 1, 1, 1, 1], [20, 20, 20, 20, 20]
    assert {
        row(f"D1/{number}"): values
        for number, values in {
            "1.1": twenties,
            "1.2": [7, 9, 13, 13, 13],
            "1.3": [21, 335, 335, 335, 335],
            "1.4": ones,
            "1.5": [1, 21, 336, 336, 336],
            "1.6": ones,
            "1.7": ones,
            "1.8": twenties,
            "1.9": ones,
            "1.10": ones,
            "2.1": ones,
            "2.2": ones,
            "2.3": [0, 1, 1, 1, 1],
            "2.4": [1, 3, 5, 7, 10],
            "3.1": [1, 2, 2, 3, 3],
            "3.2": [2, 3, 5, 7, 9],
            "3.3": [10, 20, 30, 40, 50],
            "3.4": [0, 30, 60, 80, 100],
        }.items()
    } == series
    assert {record["year"] for record in found} == {"2020", "2021", "2022", "2023", "2024"}
    assert {record["entry"] for record in found if record["unitLabel"] == "процент"} == {row("D1/3.3"), row("D1/3.4")}


def test_q16_mentoring_rows_of_each_roadmap(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "activities-per-roadmap", {})

    assert counts(found, "roadmap", "activities") == {
        f"roadmap/{D0}": 2,
        f"roadmap/{D1}": 18,
        f"roadmap/{D2}": 1,
        f"roadmap/{D3}": 0,
        f"roadmap/{D4}": 14,
    }
    assert sum(counts(found, "roadmap", "all").values()) == 149


def test_q21_shares_of_municipalities_with_mentor_contests(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(
        five_roadmaps, catalogue, "target-series", {"theme": "mentor-contests", "year": 2021, "unit": "percent"}
    )

    assert {record["entry"]: float(record["amount"]) for record in found} == {row("D1/3.3"): 20, row("D1/3.4"): 30}


def test_q22_deadlines_elsewhere_come_on_request(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    values: dict[str, Value] = {"year": 2022, "month": 6, "elsewhere": True, "roadmap": D4}

    assert rows("D4/1.2, 1.13, 2.2, 2.7, 5.9") == sorted(
        record["activity"] for record in records(five_roadmaps, catalogue, "due-in-month", values)
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("recurrence", "D4/5.9, 5.11"), ("by-external-schedule", "D4/2.5, 4.6, 5.10"), ("triggered", "D4/1.4")],
)
def test_q23_q25_q26_in_other_columns(five_roadmaps: Snapshot, catalogue: Catalogue, kind: str, expected: str) -> None:
    stated = {r["activity"] for r in records(five_roadmaps, catalogue, "deadlines-of-kind", {"kind": kind})}
    anywhere = {
        r["activity"] for r in records(five_roadmaps, catalogue, "deadlines-of-kind", {"kind": kind, "elsewhere": True})
    }

    assert rows(expected) == sorted(anywhere - stated)


def test_q28_the_order_came_after_the_first_quarter(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "expired-before-approval", {})

    assert {record["activity"]: record["due"] for record in found} == {
        row("D3/1"): "2021-01-31",
        row("D3/2"): "2021-01-31",
        row("D3/4"): "2021-03-31",
        row("D3/18"): "2021-03-31",
        row("D3/19"): "2021-03-31",
    }
    assert {record["approved"] for record in found} == {"2021-05-14"}


def test_q30_all_thresholds(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "thresholds", {"comparator": "at-least"})

    expected = {
        "D3-S/mun-4": [75], "D3-S/mun-6": [96], "D3-S/eff-3": [185], "D3-S/eff-6": [67], "D3-S/eff-7": [35],
        "D3-S/eff-8": [570], "D3-S/eff-10": [700], "D3-S/eff-13": [12], "D3-R/1.3": [15],
        "D4/1.16": [15], "D4/1.17": [10], "D4/1.18": [100], "D4/2.10": [15], "D4/2.11": [10], "D4/4.5": [30],
        "D4/5.6": [30], "D4/5.10": [10, 30], "D4/5.11": [1], "D4/5.12": [10, 10], "D4/5.14": [3, 10], "D4/5.15": [20],
    }  # fmt: skip
    values: dict[str, list[float]] = {}
    for record in found:
        values.setdefault(record["entry"], []).append(float(record["amount"]))
    assert {row(code): sorted(amounts) for code, amounts in expected.items()} == {
        entry: sorted(amounts) for entry, amounts in values.items()
    }
    periods = {record["entry"]: record["period"] for record in found if record["period"]}
    assert periods[row("D3-S/eff-3")] == "P3M"
    assert periods[row("D3-S/eff-8")] == "P1Y"
    assert periods[row("D4/5.11")] == "P6M"


def test_q31_values_of_the_yearly_series(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "target-series", {})

    assert len(found) == 102
    assert {record["entry"]: record["amount"] for record in found if record["year"] == "2024"}[row("D4/1.8")] == "33"


def test_q35_the_roadmap_without_numbers(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "roadmaps-without-targets", {})

    assert counts(found, "roadmap", "activities") == {f"roadmap/{D2}": 37}


def test_q37_levels_of_the_city_model(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "levels-of-model", {"roadmap": D3})

    assert [record["level"] for record in found] == [
        "межрегиональный",
        "региональный",
        "межмуниципальный (хаб)",
        "муниципальный",
        "школьный",
    ]
    assert "Томский областной институт" in found[1]["bodies"]
    assert "Томск" in found[2]["bodies"]
    assert "методический центр" in found[3]["bodies"]
    assert "психолого-медико-педагогическая комиссия" in found[3]["bodies"]


def test_q38_members_of_the_hub(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "members", {"group": "tomsk-obl_hub-tomsk"})

    assert sorted(record["name"] for record in found) == ["Город Томск", "Томский район"]


def test_q39_items_of_the_self_assessment(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "form-items-by-level", {"roadmap": D3})

    assert [(record["level"], int(record["items"])) for record in found[:5]] == [
        ("школьный", 3),
        ("муниципальный", 6),
        ("муниципальный", 13),
        ("межмуниципальный (хаб)", 1),
        ("региональный", 6),
    ]
    assert [int(record["items"]) for record in found[5:]] == [4, 10, 19, 10]


def test_q40_pairs_that_share_responsibility(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "shared-responsibility", {"atLeast": 6})
    names = {record["actor"]: record["name"] for record in records(five_roadmaps, catalogue, "rows-per-actor", {})}
    person = {name: actor for actor, name in names.items() if actor.startswith("person/")}
    expected = {
        frozenset({"body/khorol-mo_omr", "group/khorol-mo_oo-heads"}): 18,
        frozenset({"body/tomsk-obl_doo", "body/tomsk-obl_toipkro"}): 12,
        frozenset({"group/tomsk-obl_mouo", "body/tomsk-obl_toipkro"}): 11,
        frozenset({"body/tomsk-city_imc", "group/tomsk-city_oo"}): 9,
        frozenset({person["Кирсанов И.Н."], person["Мирзаева Т.В."]}): 8,
        frozenset({"body/tomsk-obl_doo", "group/tomsk-obl_mouo"}): 7,
        frozenset({person["Мирзаева Т.В."], "group/tambov-obl_toipkro-chairs"}): 6,
        frozenset({"body/khorol-mo_omr", "group/khorol-mo_oo-teachers"}): 6,
        frozenset({"group/khorol-mo_oo-heads", "group/khorol-mo_oo-teachers"}): 6,
        frozenset({"body/khorol-mo_omr", "group/khorol-mo_mguo-heads"}): 6,
    }

    assert {frozenset({record["first"], record["second"]}): int(record["activities"]) for record in found} == expected


def test_q41_bodies_of_each_level(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = {record["actor"]: record["level"] for record in records(five_roadmaps, catalogue, "bodies-by-level", {})}

    assert {
        "body/tomsk-obl_doo": "региональный",
        "body/tomsk-obl_toipkro": "региональный",
        "body/tambov-obl_toipkro": "региональный",
        "body/tomsk-city_do": "муниципальный",
        "body/tomsk-city_imc": "муниципальный",
        "body/khorol-mo_omr": "муниципальный",
        "body/khorol-mo_blagodatnoe": "школьный",
    }.items() <= found.items()


def test_q42_acts_with_number_and_date(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "cited-acts", {})

    assert {(record["actNumber"], record["actDate"]) for record in found} == {
        ("420р", "2021-05-14"),
        ("236-р", "2020-03-23"),
        ("662р", "2020-09-17"),
        ("763-р", "2019-09-23"),
        ("2", "2019-03-19"),
    }
    assert {record["roadmap"] for record in found} == {f"roadmap/{D3}"}
    assert [record["actNumber"] for record in found if record["relation"] == "утверждена актом"] == ["420р"]


# the table of anomalies in the design, part 2.9, for rows of plans
ANOMALIES = {
    "duplicate-number": "D2/1.4, 1.4-b",
    "no-number": "D4/1.1–1.19, 2.1–2.12, 3.1–3.6, 4.1–4.7, 5.1–5.15",
    "split-by-page": "D0/6, 11, 14.2; D2/1.3, 1.16, 2.2, 2.8; D4/1.6, 1.12, 2.1, 2.7, 5.2, 5.10, 5.14",
    "truncated": "D2/3.3; D3/14",
    "misplaced-content": "D0/3; D4/1.4, 2.5, 5.9, 5.10",
    "empty-responsible": "D4/5.15",
    "empty-result": "D2/1.12, 2.2",
}


@pytest.mark.parametrize("anomaly", ANOMALIES)
def test_q44_anomalous_rows(five_roadmaps: Snapshot, catalogue: Catalogue, anomaly: str) -> None:
    found = records(five_roadmaps, catalogue, "anomalies", {"anomaly": anomaly})

    assert rows(ANOMALIES[anomaly]) == sorted(r["entry"] for r in found if r["entry"].startswith("activity/"))


def test_q45_word_for_word_repeats(five_roadmaps: Snapshot, catalogue: Catalogue) -> None:
    found = records(five_roadmaps, catalogue, "similar-activities", {"only": "identical"})

    assert {frozenset({record["activity"], record["other"]}) for record in found} == {
        frozenset(rows("D4/1.3, 2.3")),
        frozenset(rows("D4/1.16, 2.10")),
        frozenset(rows("D4/1.17, 2.11")),
    }

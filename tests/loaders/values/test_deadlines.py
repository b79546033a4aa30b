from __future__ import annotations

import csv
import time
from collections import Counter
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.extraction import Period
from loaders.values.deadlines import find_times, parse_deadline
from loaders.values.occurrences import bounds
from tests.loaders.values.expressions import PERIODS, table

PLAN = PERIODS["2021/2024"]
KINDS = {
    "Window": "window",
    "DueBy": "due-by",
    "PointDate": "point-date",
    "Recurrence": "recurrence",
    "Continuous": "continuous",
    "Triggered": "triggered",
    "ByExternalSchedule": "by-external-schedule",
    "Underspecified": "underspecified",
}
DOCUMENT_PERIODS = {"D0": "none", "D1": "2020/2024", "D2": "2020/2024", "D3": "2021/2024", "D4": "2021/2024"}
MONTHS = (
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split(),  # noqa: SIM905
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(),  # noqa: SIM905
)


def graph_values(expression: str, period: Period | None) -> list[tuple[str, ...]]:
    """Kind, EDTF, first and last date, RRULE of each part, as the graph bounds them."""
    return [
        (part.kind, part.edtf or "", *(str(day or "") for day in bounds(part, period)), part.rrule or "")
        for part in parse_deadline(expression, period=period).deadline.parts
    ]


PLAN_DEADLINES = [
    (key, [(row["kind"], row["edtf"], row["start"], row["end"], row["rrule"]) for row in rows])
    for key, rows in groupby(table("plan_deadlines"), key=lambda row: (row["expression"], row["period"]))
]


@pytest.mark.parametrize(("key", "expected"), PLAN_DEADLINES, ids=[" ".join(key) for key, _ in PLAN_DEADLINES])
def test_each_string_of_the_examples(key: tuple[str, str], expected: list[tuple[str, ...]]) -> None:
    expression, period = key

    assert expected == graph_values(expression, PERIODS[period])


def test_the_examples_have_65_strings() -> None:
    assert len({expression for (expression, _), _ in PLAN_DEADLINES}) == 65


def gold_rows(shared: Path) -> list[dict[str, str]]:
    text = (shared / "gold" / "seed-rows.tsv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_each_gold_row(shared: Path) -> None:
    for row in gold_rows(shared):
        specs = [spec.split("|") for spec in row["time_specs(kind|edtf|start|end|rrule)"].split(" ; ")]
        expected = [(KINDS[kind], *values) for kind, *values in specs]

        assert expected == graph_values(row["deadline_cell"], PERIODS[DOCUMENT_PERIODS[row["id"][:2]]]), row["id"]


def test_kinds_of_the_gold_rows(shared: Path) -> None:
    kinds = Counter(
        part.kind
        for row in gold_rows(shared)
        for part in parse_deadline(
            row["deadline_cell"],
            period=PERIODS[DOCUMENT_PERIODS[row["id"][:2]]],
        ).deadline.parts
    )

    assert kinds == {
        "window": 88,
        "recurrence": 27,
        "due-by": 22,
        "by-external-schedule": 8,
        "continuous": 2,
        "point-date": 1,
        "triggered": 1,
        "underspecified": 1,
    }


EXPRESSIONS = table("deadlines")


@pytest.mark.parametrize("row", EXPRESSIONS, ids=[f"{row['expression']} ({row['period']})" for row in EXPRESSIONS])
def test_expression(row: dict[str, str]) -> None:
    found = parse_deadline(row["expression"], period=PERIODS[row["period"]]).deadline

    assert (row["class"], row["start"], row["end"], row["rrule"]) == (
        found.class_,
        found.start or "",
        found.end or "",
        found.rrule or "",
    )


def test_json_has_the_printed_dates_only() -> None:
    yearly = parse_deadline("Ежегодно", period=PLAN).deadline
    from_2021 = parse_deadline("Ежегодно с 2021 г.", period=PLAN).deadline
    listed = parse_deadline("Ноябрь 2021, 2022", period=PLAN).deadline

    assert (yearly.start, yearly.end) == (None, None)
    assert (from_2021.start, from_2021.end) == ("2021-01-01", None)
    assert (listed.start, listed.occurrences) == (
        None,
        [("2021-11-01", "2021-11-30"), ("2022-11-01", "2022-11-30")],
    )


def test_onward_makes_two_parts() -> None:
    found = parse_deadline("Май 2020, далее постоянно", period=PLAN).deadline

    assert [(part.kind, part.precision, part.edtf) for part in found.parts] == [
        ("window", "month", "2020-05"),
        ("continuous", "month", "2020-06/.."),
    ]
    assert (found.class_, found.ongoing, found.start, found.end) == ("compound", True, "2020-05-01", None)


@pytest.mark.parametrize(
    ("expression", "condition"),
    [
        ("По отдельному плану", "По отдельному плану"),
        ("по мере поступления обращений, но не реже 1 раза в квартал", "по мере поступления обращений"),
        ("2022 год, по отдельному плану", "по отдельному плану"),
        ("ежегодно (по плану работы)", "по плану работы"),
        ("в течение 10 рабочих дней после утверждения", "в течение 10 рабочих дней после утверждения"),
        ("По итогам учебного года", "По итогам учебного года"),
        ("2021", None),
        ("декабрь", None),
    ],
)
def test_condition(expression: str, condition: str | None) -> None:
    assert condition == parse_deadline(expression, period=PLAN).deadline.condition


@pytest.mark.parametrize(
    ("expression", "warning"),
    [
        ("До 15.03.2021", None),
        ("До 01 06.2021", "misprint"),
        ("сентбрь 2022", "misprint"),
        ("01.О9.2022", "misprint"),
        ("31.02.2022", "impossible-date"),
        ("2024-2021", "impossible-date"),
        ("декабрь", "year-missing"),
        ("конец мая 2022", "approximate"),
        ("Иванов И.И.", "unread"),
    ],
)
def test_warning(expression: str, warning: str | None) -> None:
    assert warning == parse_deadline(expression, period=PLAN).warning


def test_unused_text_lowers_the_confidence() -> None:
    found = parse_deadline("курсы ПК (1 раз в год) на бюджетной основе (25 слушателей)", period=None)

    assert "25 слушателей" in found.unused
    assert found.confidence < 0.6 < parse_deadline("1 раз в год", period=None).confidence


def test_impossible_date_keeps_the_text_without_dates() -> None:
    found = parse_deadline("31.02.2022", period=PLAN).deadline

    assert (found.raw, found.start, found.end) == ("31.02.2022", None, None)


def test_spelling_makes_no_difference() -> None:
    plain = parse_deadline("Сентябрь 2021 - май 2022", period=PLAN).deadline

    for text in ("СЕНТЯБРЬ\u00a02021\u202f—\u00a0МАЙ 2022", "сентябрь\n2021 – май\n2022", "Cентябрь 2021 ‒ мaй 2022"):
        found = parse_deadline(text, period=PLAN).deadline
        assert (plain.class_, plain.start, plain.end) == (found.class_, found.start, found.end)


# Times in other columns


def test_times_outside_the_deadline_column(shared: Path) -> None:
    found = [
        (row["id"], row["result_cell"][time.start : time.end])
        for row in gold_rows(shared)
        for time in find_times(row["result_cell"])
    ]

    assert found == [
        ("D4/1.4", "По мере необходимости"),
        ("D4/2.5", "По плану работу УО АХМО"),
        ("D4/4.6", "по отдельному плану"),
        ("D4/5.9", "Ежегодно, июнь"),
        ("D4/5.10", "По отдельному плану УО АХМО, ОМР"),
        ("D4/5.11", "не реже одного раза в полугодие"),
    ]


def test_no_times_in_the_other_columns_of_the_gold_rows(shared: Path) -> None:
    columns = ("activity", "indicator_cell", "assessment_cell")

    assert [time for row in gold_rows(shared) for column in columns for time in find_times(row[column])] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ежегодно, июнь Наличие отчетов", ["Ежегодно, июнь"]),
        ("Провести анкетирование в срок до 1 сентября 2022 г. и подвести итоги", ["в срок до 1 сентября 2022 г."]),
        ("осуществлять мониторинг по запросу регионального оператора", ["по запросу регионального оператора"]),
        ("ежегодно (до 1 декабря) отчет", ["ежегодно (до 1 декабря)"]),
        ("2 раза в год, сентябрь", ["2 раза в год, сентябрь"]),
        ("План работы на год", []),
        ("(2021 – 13%, 2022 – 20%)", []),
        ("Ежегодный мониторинг", []),
        ("обучение по индивидуальному учебному плану", []),
        ("согласно штатному расписанию", []),
        ("учителя в возрасте до 35 лет", []),
        ("приказ от 23.03.2020 № 236-р", []),
        ("Модель на 2021-2024 годы", []),
        ("достигнутых по итогам года", []),
    ],
)
def test_find_times(text: str, found: list[str]) -> None:
    assert found == [text[time.start : time.end] for time in find_times(text)]


# Properties

days = st.dates(date(2000, 1, 1), date(2049, 12, 31))
months = st.tuples(st.integers(2000, 2049), st.integers(1, 12))


@given(
    days, st.sampled_from(["{0:%d.%m.%Y}", "{0:%d/%m/%Y}", "{0:%Y-%m-%d}", "{0.day} {1} {0.year} г.", "{0:%d.%m.%y}"])
)
def test_printed_day_reads_back(day: date, form: str) -> None:
    found = parse_deadline(form.format(day, MONTHS[1][day.month - 1]), period=None).deadline

    assert ("date", day.isoformat(), day.isoformat()) == (found.class_, found.start, found.end)


@given(
    days,
    days,
    st.sampled_from(["{:%d.%m.%Y}-{:%d.%m.%Y}", "с {:%d.%m.%Y} по {:%d.%m.%Y}", "{:%d.%m.%Y} – {:%d.%m.%Y} г."]),
)
def test_printed_interval_reads_back(one: date, other: date, form: str) -> None:
    first, last = sorted((one, other))
    found = parse_deadline(form.format(first, last), period=None).deadline

    assert (first.isoformat(), last.isoformat()) == (found.start, found.end)


@given(months, months)
def test_printed_month_range_reads_back(one: tuple[int, int], other: tuple[int, int]) -> None:
    first, last = sorted((one, other))
    text = f"{MONTHS[0][first[1] - 1]} {first[0]} – {MONTHS[0][last[1] - 1]} {last[0]} г."
    found = parse_deadline(text, period=None).deadline

    assert f"{first[0]}-{first[1]:02d}-01" == found.start
    assert f"{last[0]}-{last[1]:02d}" == (found.end or "")[:7]


@given(st.integers(2000, 2049), st.integers(1, 4))
def test_printed_quarter_reads_back(year: int, quarter: int) -> None:
    roman = ("I", "II", "III", "IV")[quarter - 1]
    found = {
        (deadline.class_, deadline.start, deadline.end)
        for text in (f"{roman} квартал {year} г.", f"{quarter} кв. {year}", f"в {quarter}-м квартале {year} года")
        for deadline in [parse_deadline(text, period=None).deadline]
    }

    assert len(found) == 1
    assert found.pop()[:2] == ("quarter", f"{year}-{3 * quarter - 2:02d}-01")


@given(st.lists(st.sampled_from([row["expression"] for row in EXPRESSIONS]), min_size=1, max_size=3))
def test_start_is_not_after_end(expressions: list[str]) -> None:
    for period in PERIODS.values():
        found = parse_deadline(", ".join(expressions), period=period).deadline
        for start, end in [(found.start, found.end), *((part.start, part.end) for part in found.parts)]:
            assert start is None or end is None or start <= end
        assert all(start <= end for part in found.parts for start, end in part.occurrences)


@given(st.text(max_size=80))
def test_never_raises(text: str) -> None:
    parse_deadline(text, period=PLAN)
    find_times(text)


WORDS = sorted({word for row in EXPRESSIONS for word in row["expression"].split()})


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from(sorted(PERIODS)))
def test_never_raises_on_words_of_deadlines(words: list[str], period: str) -> None:
    text = " ".join(words)
    found = parse_deadline(text, period=PERIODS[period])

    assert 0 <= found.confidence <= 1
    assert text == found.deadline.raw
    find_times(text)


@pytest.mark.parametrize(
    "piece", ["до ", "1, ", "по мере ", "январь ", "не позднее ", "(", "2021-", "раз в ", "ежегодно, ", ", "]
)
def test_long_text_is_read_in_linear_time(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    begin = time.thread_time()
    parse_deadline(text, period=PLAN)
    find_times(text)

    assert time.thread_time() - begin < 30

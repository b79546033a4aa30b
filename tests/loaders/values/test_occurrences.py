from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.values.deadlines import parse_deadline
from loaders.values.occurrences import bounds, expand_occurrences
from tests.loaders.values.expressions import PERIODS, table

DOCUMENT_PERIODS = {"D0": "none", "D1": "2020/2024", "D2": "2020/2024", "D3": "2021/2024", "D4": "2021/2024"}


def occurrences(expression: str, period: str) -> list[str]:
    """First and last days of all parts, a single day once."""
    found = []
    for part in parse_deadline(expression, period=PERIODS[period]).deadline.parts:
        for first, last in expand_occurrences(part, PERIODS[period]):
            found.append(f"{first}" if first == last else f"{first}/{last}")
    return found


@pytest.mark.parametrize(
    ("expression", "period", "expected"),
    [
        ("До 15.03.2021", "2020/2024", ["2021-03-15"]),
        ("01.09.2021", "2020/2024", ["2021-09-01"]),
        ("Май - июнь 2020", "2020/2024", ["2020-05-01/2020-06-30"]),
        ("с 01.09.2023", "2021/2024", ["2023-09-01/2024-12-31"]),
        ("В течение всего периода", "2021/2024", ["2021-01-01/2024-12-31"]),
        ("Ежегодно с 2023 г.", "2021/2024", ["2023-01-01/2023-12-31", "2024-01-01/2024-12-31"]),
        ("Ежегодно", "2022/2023 school", ["2022-09-01/2023-08-31"]),
        ("Ежегодно, июнь", "2022", ["2022-06-01/2022-06-30"]),
        ("ежегодно, до 1 декабря", "2022", ["2022-12-01"]),
        ("Раз в два года", "2021/2024", ["2021-01-01/2022-12-31", "2023-01-01/2024-12-31"]),
        ("По итогам каждого квартала", "2022", ["2022-03-31", "2022-06-30", "2022-09-30", "2022-12-31"]),
        ("раз в полугодие", "2022", ["2022-01-01/2022-06-30", "2022-07-01/2022-12-31"]),
        ("ежегодно, I квартал", "2022", ["2022-01-01/2022-03-31"]),
        ("ежегодно (апрель – май)", "2022", ["2022-04-01/2022-05-31"]),
        ("ежегодно 10–20 октября", "2022", ["2022-10-10/2022-10-20"]),
        ("Ноябрь 2021, 2022", "2021/2024", ["2021-11-01/2021-11-30", "2022-11-01/2022-11-30"]),
        ("вторая среда каждого месяца", "2022/2023 school", [
            "2022-09-14", "2022-10-12", "2022-11-09", "2022-12-14", "2023-01-11", "2023-02-08", "2023-03-08",
            "2023-04-12", "2023-05-10", "2023-06-14", "2023-07-12", "2023-08-09",
        ]),
        ("ежедневно", "2022", ["2022-01-01/2022-12-31"]),
        ("Ежегодно", "none", []),
        ("постоянно", "2021/2024", []),
        ("По отдельному плану", "2021/2024", []),
        ("декабрь", "2021/2024", []),
    ],
)  # fmt: skip
def test_occurrences(expression: str, period: str, expected: list[str]) -> None:
    assert expected == occurrences(expression, period)


def test_quarterly_reports_fall_due_in_the_month_after_the_quarter() -> None:
    found = occurrences("ежеквартально до 5 числа месяца, следующего после окончания квартала", "2022")

    assert found == ["2022-01-05", "2022-04-05", "2022-07-05", "2022-10-05"]


def test_monthly_occurrences_are_whole_months() -> None:
    found = occurrences("ежемесячно", "2022")

    assert (len(found), found[1]) == (12, "2022-02-01/2022-02-28")


# Q22 «Что сдаётся в данном месяце?»: an occurrence of day or month precision ends in the month.
DUE = {
    "2020-05": "D0/6 D1/1.1 D1/1.2 D1/1.3",
    "2020-06": "D0/2 D0/7 D1/1.4 D1/1.5",
    "2020-09": "D0/8 D0/11",
    "2020-12": "D1/2.1 D1/2.2",
    "2021-05": "D2/1.4-b D2/1.5 D2/1.6 D2/1.7 D2/2.4 D2/2.5 D2/2.6 D2/3.2 D2/3.3 D2/3.4 D3/15",
    "2021-06": "D2/1.8 D2/1.12 D2/1.13 D2/2.7 D3/18 D3/19 D4/1.13 D4/2.7",
    "2021-12": "D2/1.19 D3/18 D3/19",
    "2022-06": "D3/18 D3/19 D4/1.2 D4/1.13 D4/2.2 D4/2.7",
    "2022-11": "D2/1.18 D2/1.23",
}


@pytest.mark.parametrize(("month", "rows"), DUE.items())
def test_rows_due_in_a_month(month: str, rows: str, shared: Path) -> None:
    text = (shared / "gold" / "seed-rows.tsv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        period = PERIODS[DOCUMENT_PERIODS[row["id"][:2]]]
        parts = parse_deadline(row["deadline_cell"], period=period).deadline.parts
        ends = [
            last.isoformat()[:7]
            for part in parts
            if part.precision in ("day", "month")
            for _, last in expand_occurrences(part, period)
        ]
        if month in ends:
            found.append(row["id"])

    assert rows.split() == found


@given(st.sampled_from([row["expression"] for row in table("deadlines")]), st.sampled_from(sorted(PERIODS)))
def test_occurrences_stay_within_the_bounds(expression: str, name: str) -> None:
    period = PERIODS[name]
    for part in parse_deadline(expression, period=period).deadline.parts:
        start, end = bounds(part, period)
        found = expand_occurrences(part, period)
        assert found == sorted(found)
        for first, last in found:
            assert (start or date.min) <= first <= last <= (end or date.max)

from __future__ import annotations

import csv
import time
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.extraction import Target
from loaders.values.targets import find_frequencies, find_trends, parse_targets
from tests.loaders.values.expressions import table

COLUMNS = ("indicator", "result", "assessment", "deadline")


def said(targets: list[Target]) -> str:
    """year|comparator value|unit|period, as in the table of expressions."""
    return "; ".join(
        f"{each.year or ''}|{each.comparator}{each.value:g}|{each.unit or ''}|{each.period or ''}" for each in targets
    )


def tsv(path: Path) -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_gold_targets(shared: Path) -> None:
    """All 120, compared as the scorer does: year, value, per cent or not, comparator."""
    expected = defaultdict(list)
    for row in tsv(shared / "gold" / "seed-targets.tsv"):
        year = int(row["year"]) if row["year"] else None
        expected[row["id"]].append((year, float(row["value"]), "%" in row["unit"], row["comparator"]))
    found = defaultdict(list)
    for row in tsv(shared / "gold" / "seed-rows.tsv"):
        for column in COLUMNS:
            for each in parse_targets(row[f"{column}_cell"], column=column):
                found[row["id"]].append((each.year, each.value, each.unit == "%", each.comparator))

    assert sum(map(len, expected.values())) == 120
    assert expected == found


def test_the_only_least_frequency_of_the_gold_rows(shared: Path) -> None:
    found = [
        (row["id"], each.comparator, each.value, each.period)
        for row in tsv(shared / "gold" / "seed-rows.tsv")
        for column in COLUMNS
        for each in find_frequencies(row[f"{column}_cell"], column=column)
    ]

    assert found == [("D4/5.11", ">=", 1.0, "P6M")]


def test_trends_of_the_gold_rows(shared: Path) -> None:
    found = [
        (row["id"], each.direction, each.raw)
        for row in tsv(shared / "gold" / "seed-rows.tsv")
        for column in ("indicator", "result")
        for each in find_trends(row[f"{column}_cell"])
    ]

    assert found == [
        ("D4/2.4", "increase", "Повышение"),
        ("D4/2.6", "increase", "Рост"),
        ("D4/3.3", "increase", "Повышение"),
        ("D4/5.12", "positive", "Положительная динамика"),
        ("D4/5.15", "positive", "динамика"),
    ]


def test_thresholds_of_the_town_model(examples: Path) -> None:
    """D3-R and D3-S of Q30 «Все пороги «не менее»»."""
    (path,) = examples.glob("003_*.txt")
    cells = [cell for line in path.read_text(encoding="utf-8").splitlines() for cell in line.split("\t")]
    found = [each for cell in cells for each in parse_targets(cell, column="indicator") if each.comparator == ">="]

    assert [(each.year, each.value, each.unit, each.period) for each in found] == [
        (2021, 15, "%", None),
        (None, 75, "%", None),
        (None, 96, "%", None),
        (None, 185, None, "P3M"),
        (None, 67, "%", None),
        (None, 35, "%", None),
        (None, 570, None, "P1Y"),
        (None, 700, None, None),
        (None, 12, "%", None),
    ]


def test_prose_series_of_the_town_model(examples: Path) -> None:
    (path,) = examples.glob("003_*.txt")
    line = next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("1.3\tПовысить"))

    assert said(parse_targets(line.split("\t")[2], column="result")) == (
        "2024|=100|%|; 2021|>=15|%|; 2022|=25|%|; 2023|=60|%|"
    )


EXPRESSIONS = table("targets")


@pytest.mark.parametrize("row", EXPRESSIONS, ids=[row["expression"] for row in EXPRESSIONS])
def test_expression(row: dict[str, str]) -> None:
    assert row["targets"] == said(parse_targets(row["expression"], column="indicator"))


def test_counts_in_an_activity_are_context() -> None:
    text = "Провести 3 вебинара (охват школ – 100%)"

    assert said(parse_targets(text, column="activity")) == "|=100|%|"


def test_in_the_deadline_column_only_counted_nouns_are_targets() -> None:
    text = "курсы ПК (1 раз в год) на бюджетной основе (25 слушателей), до 31 марта 2022 года"

    assert said(parse_targets(text, column="deadline")) == "|=25|слушателей|"


def test_raw_is_the_text_of_the_target() -> None:
    found = parse_targets("Охват (2021 – 13%, 2022 – не менее 20 %)", column="result")

    assert [each.raw for each in found] == ["2021 – 13%", "2022 – не менее 20 %"]


def test_status() -> None:
    found = parse_targets("Базовое значение – 12 %; факт – 15 %; не менее 20 %", column="indicator")

    assert [each.status for each in found] == ["baseline", "actual", "target"]


def test_a_frequency_inside_an_indicator_with_a_threshold_is_its_wording() -> None:
    text = "Доля методистов, прошедших переподготовку не менее 1 раза в 5 лет, 75 и более %"

    assert find_frequencies(text, column="indicator") == []


@pytest.mark.parametrize(
    ("text", "trends"),
    [
        ("Рост числа публикаций", ["increase"]),
        ("Снижение доли школ с низкими результатами", ["decrease"]),
        ("отрицательная динамика", ["decrease"]),
        ("Центр «Точка роста»", []),
        ("Повышение квалификации педагогов", []),
        ("Увеличение доли педагогов на 15 %", []),
    ],
)
def test_find_trends(text: str, trends: list[str]) -> None:
    assert trends == [each.direction for each in find_trends(text)]


# «2020 г. – 2024» is a range of years, whatever was meant.
values = st.integers(0, 1_899) | st.integers(2_100, 99_999)


@given(
    st.dictionaries(st.integers(2000, 2049), values, min_size=1, max_size=6),
    st.sampled_from(["{} г. – {}", "{} – {}%", "в {} году – {} %", "{}: {}", "{} год - не менее {}"]),
)
def test_printed_series_reads_back(series: dict[int, int], form: str) -> None:
    text = "; ".join(form.format(year, value) for year, value in series.items())
    found = parse_targets(text, column="indicator")

    assert list(series.items()) == [(each.year, each.value) for each in found]


@given(st.decimals(0, 100, places=1), st.sampled_from(["не менее {} %", "{} и более %", "{}% и выше"]))
def test_printed_threshold_reads_back(value: object, form: str) -> None:
    (found,) = parse_targets(form.format(str(value).replace(".", ",")), column="indicator")

    assert (">=", "%", float(str(value))) == (found.comparator, found.unit, found.value)


@given(st.text(max_size=80), st.sampled_from([*COLUMNS, "activity", "target"]))
def test_never_raises(text: str, column: str) -> None:
    parse_targets(text, column=column)
    find_frequencies(text, column=column)
    find_trends(text)


WORDS = sorted({word for row in EXPRESSIONS for word in row["expression"].split()})


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from([*COLUMNS, "activity", "target"]))
def test_never_raises_on_words_of_targets(words: list[str], column: str) -> None:
    text = " ".join(words)
    for each in parse_targets(text, column=column):
        assert each.value is not None
        assert each.column == column
        assert each.raw
    find_frequencies(text, column=column)
    find_trends(text)


@pytest.mark.parametrize("piece", ["не менее ", "2021 - ", "1 000 ", "рост ", "15%, ", "№ 1-", "% "])
def test_long_text_is_read_in_linear_time(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    begin = time.thread_time()
    parse_targets(text, column="result")
    find_trends(text)

    assert time.thread_time() - begin < 30

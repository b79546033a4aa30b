"""A small roadmap as an extraction, made by hand: what the tests of quads and reports start from."""

from __future__ import annotations

from loaders.extraction import (
    Act,
    Actor,
    Column,
    CrossReference,
    Deadline,
    DeadlinePart,
    Extraction,
    Footnote,
    Fragment,
    LevelDescription,
    OtherTime,
    Passage,
    Period,
    Place,
    Provision,
    Row,
    RowCell,
    SectionStep,
    Source,
    TableSummary,
    Target,
    Territory,
    Theme,
)

SHA256 = "0123456789abcdef" * 4
HOME = "https://w3id.org/vekha/id/"
ROLES = ("number", "activity", "responsible", "deadline", "indicator", "result")


def cell(column: int, role: str, text: str, *lines: int) -> RowCell:
    return RowCell(column, role, text, [Fragment(f"строка {line}", first_line=line, last_line=line) for line in lines])


def row(
    number: str | None, texts: dict[str, str], line: int, *, section: str | None = "Раздел", **values: object
) -> Row:
    """An activity; `texts` are its cells by role, `values` any other field of `Row`."""
    found = Row(
        kind="activity",
        section_path=[SectionStep("1", section)] if section else [],
        number=number,
        activity=texts.get("activity"),
        indicator=texts.get("indicator"),
        result=texts.get("result"),
        assessment=None,
        deadline=None,
        responsible=[],
        targets=[],
        themes=[],
        place=Place("t1", [line], None, [line], dict.fromkeys(texts, f"строка {line}")),
        confidence=1.0,
        warnings=[],
        cells=[cell(ROLES.index(role) + 1, role, text, line) for role, text in texts.items()],
    )
    for name, value in values.items():
        setattr(found, name, value)
    return found


def body(raw: str, key: str, text: str, *, role: str = "responsible", confidence: float = 1.0) -> Actor:
    start = text.index(raw)
    return Actor(raw, "body", raw, role, confidence, f"{HOME}body/{key}", start, start + len(raw), "exact label")


def person(raw: str, text: str) -> Actor:
    start = text.index(raw)
    return Actor(raw, "person", raw, "responsible", 1.0, None, start, start + len(raw))


def single(part: DeadlinePart) -> Deadline:
    return Deadline(part.raw, part.class_, part.start, part.end, part.rrule, part.condition, parts=[part])


def small_plan() -> Extraction:
    """Two activities in one section, a form item, a footnote, an act, a provision and a level."""
    june = single(DeadlinePart("Ежегодно, июнь", "recurrent", "recurrence", "month", rrule="FREQ=YEARLY;BYMONTH=6"))
    until = single(
        DeadlinePart("До 01.09.2021", "before_date", "due-by", "day", end="2021-09-01", edtf="../2021-09-01")
    )
    plan = single(
        DeadlinePart("по отдельному плану", "by_plan", "by-external-schedule", condition="по отдельному плану")
    )
    actors = "ТОИПКРО, Иванова А.Б. (по согласованию)"
    first = row(
        "1.1.",
        {
            "number": "1.1.",
            "activity": "Мониторинг программ наставничества",
            "responsible": actors,
            "deadline": "Ежегодно, июнь",
            "indicator": "2021 г. – 10 %; 2022 г. – 20,5 %",
            "result": "Справка, по отдельному плану",
        },
        7,
        responsible=[body("ТОИПКРО", "tomsk-obl_toipkro", actors), person("Иванова А.Б.", actors)],
        deadline=june,
        other_times=[OtherTime("result", plan)],
        targets=[
            Target(2021, 10.0, "%", "=", None, "2021 г. – 10 %", "indicator"),
            Target(2022, 20.5, "%", "=", None, "2022 г. – 20,5 %", "indicator"),
        ],
        themes=[Theme("mentoring", "text"), Theme("monitoring", "context"), Theme("regulation", "section")],
        references=[CrossReference("ИМЦ", f"{HOME}system/ru_dppo", "result")],
    )
    first.responsible[1].role = "by-agreement"
    second = row(
        "1.1.",
        {"number": "1.1.", "activity": "Доля школ, не менее 30 % в год", "deadline": "До 01.09.2021"},
        8,
        deadline=until,
        targets=[Target(None, 30.0, "%", ">=", "P1Y", "не менее 30 % в год", "activity")],
        warnings=["duplicate-number", "unknown-code"],
        level="school",
    )
    item = row(None, {"activity": "Обеспеченность, 75 % и более ²"}, 12, section="На уровне школы")
    item.kind, item.place.table, item.level = "form-item", "t2", "school"
    item.targets = [Target(None, 75.0, "%", ">=", None, "75 % и более", "activity")]
    return Extraction(
        source=Source("план.txt", SHA256, "txt"),
        title="Дорожная карта города Томска",
        level="municipality",
        territory=Territory("Томская область", "Город Томск"),
        period=Period("2021-2022", "2021-01-01", "2022-12-31"),
        acts=[
            Act("распоряжение от 14.05.2021 № 420 р", "order", "420 р", "2021-05-14", None, "approves"),
            Act("приказ от 01.02.2021 № 7", "order", "7", "2021-02-01", "ДО", "cites"),
        ],
        glossary=[],
        tables=[
            TableSummary("t1", "activities", [Column("Показатель ¹", "indicator")], 2),
            TableSummary("t2", "form", [Column("Показатели", "activity")], 1),
            TableSummary("t3", "other", [], 4, "no column of activities"),
        ],
        rows=[first, second, item],
        footnotes=[
            Footnote("¹", "Допустимое отклонение – не более 1,5 %", "Показатель", 9),
            Footnote("²", "Показатель качества работы (муниципальное задание)", "строка 12", 13),
        ],
        warnings=[],
        roadmap="small",
        provisions=[Provision("1", "Контроль возложить на И.О. Петрову", [3])],
        levels=[LevelDescription("municipality", "ИМЦ города", [], [4])],
        passages=[Passage("О наставничестве", [Theme("mentoring", "text")], [5, 6])],
    )

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar, Event

from api.importing.loading import load
from api.language import read_language
from api.settings import read_settings
from api.timeline.calendars import write_calendar
from api.timeline.schedules import Part, Planned, Schedule
from tests.api.conftest import serving

PART = Part("window", date(2021, 5, 1), date(2021, 5, 31), False, None, "Май 2021", None, ())
QUARTERS = tuple((day, day) for day in (date(2021, 3, 31), date(2021, 6, 30), date(2021, 9, 30), date(2021, 12, 31)))
RULE = "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"
STAMP = datetime(2026, 11, 22, tzinfo=UTC)


def planned(*parts: Part, text: str = "Создать раздел") -> Planned:
    iri = "https://example.org/id/activity/karta_1_2"
    return Planned(iri, "1.2", text, "r", None, "", "Май 2021", parts, frozenset({"b"}), frozenset(), (None, None))


def written(*activities: Planned) -> bytes:
    schedule = Schedule(1, activities, {"r": "Дорожная карта", "b": "Орган"})
    return write_calendar(
        activities,
        schedule,
        title="Веха",
        language=read_language("ru"),
        address=lambda _iri: "https://x.org/a",
        stamp=STAMP,
    )


def days(event: Event) -> tuple[date, date]:
    first, after = event.start, event.end
    assert type(first) is date
    assert type(after) is date
    return first, after


def events(content: bytes) -> list[Event]:
    return list(Calendar.from_ical(content).events)


def test_the_end_of_an_event_is_the_day_after_the_last_one() -> None:
    content = written(planned(PART))
    assert b"DTSTART;VALUE=DATE:20210501\r\n" in content
    assert b"DTEND;VALUE=DATE:20210601\r\n" in content
    event = events(content)[0]
    assert event["uid"] == "karta_1_2-1@example.org"
    assert "Исполнители: Орган" in str(event["description"])


def test_a_rule_is_written_where_it_gives_the_occurrences_of_the_data() -> None:
    recurring = replace(PART, kind="recurrence", start=None, end=None, rule=RULE, occurrences=QUARTERS)
    content = written(planned(recurring))
    assert len(events(content)) == 1
    assert b"RRULE:FREQ=YEARLY;UNTIL=20211231;BYMONTHDAY=-1;BYMONTH=3,6,9,12\r\n" in content
    # A calendar program that expands the rule must come to the data's days.
    rule = re.search(rb"RRULE:([^\r]+)", content)
    assert rule
    from dateutil.rrule import rrulestr  # noqa: PLC0415

    assert [day.date() for day in rrulestr(rule[1].decode(), dtstart=datetime(2021, 3, 31))] == [  # noqa: DTZ001
        first for first, _ in QUARTERS
    ]


def test_occurrences_that_no_rule_gives_are_events_of_their_own() -> None:
    odd = replace(PART, kind="recurrence", rule="FREQ=YEARLY", occurrences=(*QUARTERS[:2], QUARTERS[3]))
    found = events(written(planned(odd)))
    assert [event["uid"] for event in found] == [
        "karta_1_2-1-20210331@example.org",
        "karta_1_2-1-20210630@example.org",
        "karta_1_2-1-20211231@example.org",
    ]
    broken = replace(odd, rule="FREQ=NEVER;X")
    assert len(events(written(planned(broken)))) == 3


def test_what_has_no_date_is_no_event() -> None:
    undated = replace(PART, kind="triggered", start=None, end=None)
    assert events(written(planned(undated))) == []


def test_long_cyrillic_lines_are_folded_by_octets_without_breaking_a_letter() -> None:
    text = "Создание, наполнение и обновление раздела «Развитие наставничества»; \\ " * 4
    content = written(planned(PART, text=text.strip()))
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    for line in content.split(b"\r\n"):
        line.decode("utf-8")
    assert events(content)[0]["summary"] == f"1.2 {text.strip()}"


@pytest.mark.parametrize(
    "text", ["x\r\nBEGIN:VEVENT\r\nSUMMARY:evil", "x\nATTACH:http://evil", "x\x00\x07y", "a;b,c\\nd"]
)
def test_texts_of_documents_add_no_lines(text: str) -> None:
    content = written(planned(PART, text=text))
    assert content.count(b"\r\nBEGIN:VEVENT") == 1
    assert b"\r\nATTACH" not in content
    assert b"\x00" not in content
    assert len(events(content)) == 1


def test_the_calendar_of_a_roadmap_is_what_its_deadlines_say(client: TestClient) -> None:
    answer = client.get("/timeline.ics", params={"roadmap": "tambov-obl-nms"})
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="tambov-obl-nms.ics"'
    found = {str(event["uid"]): event for event in events(answer.content)}
    one = found["tambov-obl-nms_1_4_b-1@w3id.org"]
    # «До 01.05.2021»: one day, the last one.
    assert days(one) == (date(2021, 5, 1), date(2021, 5, 2))
    assert one["url"] == "http://testserver/activities/tambov-obl-nms_1_4_b"
    for event in found.values():
        first, after = days(event)
        assert after > first


def test_identifiers_stay_over_loads(examples_folder: Path, examples: Path, tmp_path: Path) -> None:
    def identifiers(folder: Path) -> list[str]:
        with serving(read_settings(data=folder, workers=1)) as client:
            answer = client.get("/timeline.ics", params={"roadmap": "khorol-mo-nms"})
            return [str(event["uid"]) for event in events(answer.content)]

    document = next(examples.glob("004*.txt"))
    load(read_settings(data=tmp_path / "data"), [document], lambda _event: None)
    once = identifiers(tmp_path / "data")
    assert len(set(once)) == len(once)
    assert once == identifiers(examples_folder)

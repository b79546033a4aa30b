"""Russian words of the calendar in every form that stands in plans, as tables from form to number."""

from __future__ import annotations

from typing import Final

_ADJECTIVE_ENDINGS: Final = [
    "ый",
    "ий",
    "ая",
    "яя",
    "ое",
    "ее",
    "ого",
    "его",
    "ой",
    "ей",
    "ому",
    "ему",
    "ую",
    "юю",
    "ым",
    "им",
    "ом",
    "ем",
    "ые",
    "ие",
    "ых",
    "их",
    "ыми",
    "ими",
]


def adjective(*stems: str) -> frozenset[str]:
    """Every form of the adjectives with these stems; forms that do not exist do no harm."""
    return frozenset(stem + ending for stem in stems for ending in _ADJECTIVE_ENDINGS)


def _months() -> dict[str, int]:
    soft = {
        1: "январ",
        2: "феврал",
        4: "апрел",
        6: "июн",
        7: "июл",
        9: "сентябр",
        10: "октябр",
        11: "ноябр",
        12: "декабр",
    }
    forms = {stem + ending: month for month, stem in soft.items() for ending in ("ь", "я", "ю", "ем", "е")}
    forms |= {
        stem + ending: month for month, stem in ((3, "март"), (8, "август")) for ending in ("", "а", "у", "ом", "е")
    }
    forms |= dict.fromkeys(("май", "мая", "маю", "маем", "мае"), 5)
    short = ["янв", "фев", "февр", "мар", "апр", "июн", "июл", "авг", "сен", "сент", "окт", "ноя", "нояб", "дек"]
    return forms | dict(zip(short, (1, 2, 2, 3, 4, 6, 7, 8, 9, 9, 10, 11, 11, 12), strict=True))


def _ordinals() -> dict[str, int]:
    stems = {1: "перв", 2: "втор", 4: "четверт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят", 10: "десят"}
    forms = {form: number for number, stem in stems.items() for form in adjective(stem)}
    third = [
        "третий",
        "третья",
        "третье",
        "третьего",
        "третьей",
        "третьему",
        "третью",
        "третьем",
        "третьим",
        "третьи",
        "третьих",
    ]
    return (
        forms
        | dict.fromkeys(third, 3)
        | dict.fromkeys(adjective("двадцат"), 20)
        | dict.fromkeys(adjective("пятнадцат"), 15)
    )


def _cardinals() -> dict[str, int]:
    rows = {
        1: "один одна одно одного одной одну одному одним одном однажды единожды",
        2: "два две двух двум двумя дважды",
        3: "три трех трем тремя трижды",
        4: "четыре четырех четырем четырьмя четырежды",
        5: "пять пяти пятью",
        6: "шесть шести шестью",
        7: "семь семи семью",
        8: "восемь восьми восемью",
        9: "девять девяти девятью",
        10: "десять десяти десятью",
        11: "одиннадцать одиннадцати",
        12: "двенадцать двенадцати",
        14: "четырнадцать четырнадцати",
        15: "пятнадцать пятнадцати",
        20: "двадцать двадцати",
        25: "двадцатипяти",
        30: "тридцать тридцати",
        40: "сорок сорока",
        50: "пятьдесят пятидесяти",
        60: "шестьдесят шестидесяти",
        70: "семьдесят семидесяти",
        80: "восемьдесят восьмидесяти",
        90: "девяносто девяноста",
        100: "сто ста",
    }
    return {form: number for number, forms in rows.items() for form in forms.split()}


def _weekdays() -> dict[str, str]:
    rows = {
        "MO": "понедельник понедельника понедельникам понедельники пн",
        "TU": "вторник вторника вторникам вторники вт",
        "WE": "среда среду среды средам ср",
        "TH": "четверг четверга четвергам четверги чт",
        "FR": "пятница пятницу пятницы пятницам пт",
        "SA": "суббота субботу субботы субботам сб",
        "SU": "воскресенье воскресенья воскресеньям вс",
    }
    return {form: day for day, forms in rows.items() for form in forms.split()}


MONTHS: Final = _months()
ORDINALS: Final = _ordinals()
CARDINALS: Final = _cardinals()
WEEKDAYS: Final = _weekdays()
SEASONS: Final = {
    form: months
    for forms, months in {
        "весна весны весне весну весной весною весенний весеннего весеннем": (3, 5),
        "лето лета лету летом лете летний летнего летнем": (6, 8),
        "осень осени осенью осенний осеннего осеннем": (9, 11),
        "зима зимы зиме зиму зимой зимний зимнего зимнем": (12, 2),
    }.items()
    for form in forms.split()
}

YEAR: Final = frozenset(
    ["год", "года", "году", "годом", "годе", "годы", "годов", "годам", "годах", "г", "гг", "годa", "лет"]
)
SCHOOL: Final = adjective("учебн") | frozenset(("уч", "учеб"))
QUARTER: Final = frozenset(
    [
        "квартал",
        "квартала",
        "кварталу",
        "кварталом",
        "квартале",
        "кварталы",
        "кварталов",
        "кварталам",
        "кварталах",
        "кв",
    ]
)
HALF: Final = frozenset(
    [
        "полугодие",
        "полугодия",
        "полугодию",
        "полугодием",
        "полугодии",
        "полугодий",
        "полугодиям",
        "полугодиях",
        "полугод",
        "полуг",
    ]
)
TERM: Final = frozenset(["четверть", "четверти", "четвертью", "четвертей", "четвертям", "четвертях"])
SEMESTER: Final = frozenset(["семестр", "семестра", "семестру", "семестром", "семестре", "семестры"])
TRIMESTER: Final = frozenset(["триместр", "триместра", "триместру", "триместром", "триместре", "триместры"])
MONTH: Final = frozenset(["месяц", "месяца", "месяцу", "месяцем", "месяце", "месяцы", "месяцев", "месяцам", "мес"])
WEEK: Final = frozenset(["неделя", "недели", "неделе", "неделю", "неделей", "недель", "неделям", "нед"])
DAY: Final = frozenset(["день", "дня", "дню", "днем", "дне", "дни", "дней", "дням", "дн", "сутки", "суток"])
DECADE: Final = frozenset(["декада", "декады", "декаде", "декаду", "декадой"])
HALF_OF: Final = frozenset(["половина", "половины", "половине", "половину"])
WORKING: Final = adjective("рабоч", "календарн", "учебн")
EACH: Final = frozenset(
    ["каждый", "каждая", "каждое", "каждого", "каждой", "каждому", "каждую", "каждом", "каждые", "каждых", "каждым"]
)
TIMES: Final = frozenset(["раз", "раза", "разу"])

# Months in one unit of recurrence.
UNIT_MONTHS: Final = (
    dict.fromkeys(MONTH, 1)
    | dict.fromkeys(QUARTER | TERM, 3)
    | dict.fromkeys(TRIMESTER, 4)
    | dict.fromkeys(HALF | SEMESTER | {"полгода"}, 6)
    | dict.fromkeys(YEAR, 12)
)

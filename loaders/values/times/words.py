"""Russian words of the calendar in every form that stands in plans, as tables from form to number."""

from __future__ import annotations

from typing import Final


def forms(text: str) -> frozenset[str]:
    """The words of `text`, which stand apart by blanks."""
    return frozenset(text.split())


_ADJECTIVE_ENDINGS: Final = forms(
    "ый ий ая яя ое ее ого его ой ей ому ему ую юю ым им ом ем ые ие ых их ыми ими",
)


def adjective(*stems: str) -> frozenset[str]:
    """Every form of the adjectives with these stems; forms that do not exist do no harm."""
    return frozenset(stem + ending for stem in stems for ending in _ADJECTIVE_ENDINGS)


def _numbered(rows: dict[int, str]) -> dict[str, int]:
    return {form: number for number, row in rows.items() for form in row.split()}


def _months() -> dict[str, int]:
    soft = {1: "январ", 2: "феврал", 4: "апрел", 6: "июн", 7: "июл", 9: "сентябр", 10: "октябр", 11: "ноябр"}
    soft[12] = "декабр"
    hard = {3: "март", 8: "август"}
    full = {stem + ending: month for month, stem in soft.items() for ending in ("ь", "я", "ю", "ем", "е")}
    full |= {stem + ending: month for month, stem in hard.items() for ending in ("", "а", "у", "ом", "е")}
    short = {1: "янв", 2: "фев февр", 3: "мар", 4: "апр", 5: "май мая маю маем мае", 6: "июн", 7: "июл", 8: "авг"}
    return full | _numbered(short | {9: "сен сент", 10: "окт", 11: "ноя нояб", 12: "дек"})


def _ordinals() -> dict[str, int]:
    stems = {1: "перв", 2: "втор", 4: "четверт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят", 10: "десят"}
    stems |= {15: "пятнадцат", 20: "двадцат"}
    found = {form: number for number, stem in stems.items() for form in adjective(stem)}
    return found | _numbered(
        {3: "третий третья третье третьего третьей третьему третью третьем третьим третьи третьих"}
    )


MONTHS: Final = _months()
ORDINALS: Final = _ordinals()
CARDINALS: Final = _numbered(
    {
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
        30: "тридцать тридцати",
        40: "сорок сорока",
        50: "пятьдесят пятидесяти",
        60: "шестьдесят шестидесяти",
        70: "семьдесят семидесяти",
        80: "восемьдесят восьмидесяти",
        90: "девяносто девяноста",
        100: "сто ста",
    },
)
WEEKDAYS: Final = {
    form: day
    for day, row in {
        "MO": "понедельник понедельника понедельникам понедельники пн",
        "TU": "вторник вторника вторникам вторники вт",
        "WE": "среда среду среды средам ср",
        "TH": "четверг четверга четвергам четверги чт",
        "FR": "пятница пятницу пятницы пятницам пт",
        "SA": "суббота субботу субботы субботам сб",
        "SU": "воскресенье воскресенья воскресеньям вс",
    }.items()
    for form in row.split()
}
SEASONS: Final = {
    form: months
    for row, months in {
        "весна весны весне весну весной весною весенний весеннего весеннем": (3, 5),
        "лето лета лету летом лете летний летнего летнем": (6, 8),
        "осень осени осенью осенний осеннего осеннем": (9, 11),
        "зима зимы зиме зиму зимой зимний зимнего зимнем": (12, 2),
    }.items()
    for form in row.split()
}
SEASONAL: Final = adjective("осенн", "зимн", "весенн", "летн")
HOLIDAYS: Final = forms("каникулы каникул каникулам каникулах")

YEAR: Final = forms("год года году годом годе годы годов годам годах г гг лет")
SCHOOL: Final = adjective("учебн") | forms("уч учеб")
QUARTER: Final = forms("квартал квартала кварталу кварталом квартале кварталы кварталов кварталам кварталах кв")
HALF: Final = forms("полугодие полугодия полугодию полугодием полугодии полугодий полугодиям полугодиях полугод полуг")
TERM: Final = forms("четверть четверти четвертью четвертей четвертям четвертях")
SEMESTER: Final = forms("семестр семестра семестру семестром семестре семестры семестрам")
TRIMESTER: Final = forms("триместр триместра триместру триместром триместре триместры триместрам")
MONTH: Final = forms("месяц месяца месяцу месяцем месяце месяцы месяцев месяцам мес")
WEEK: Final = forms("неделя недели неделе неделю неделей недель неделям нед")
DAY: Final = forms("день дня дню днем дне дни дней дням дн сутки суток")
DECADE: Final = forms("декада декады декаде декаду декадой")
HALF_OF: Final = forms("половина половины половине половину")
WORKING: Final = adjective("рабоч", "календарн", "учебн")
EACH: Final = forms("каждый каждая каждое каждого каждой каждому каждую каждом каждые каждых каждым")
TIMES: Final = forms("раз раза разу")

# Months in one unit of recurrence.
UNIT_MONTHS: Final = (
    dict.fromkeys(MONTH, 1)
    | dict.fromkeys(QUARTER | TERM, 3)
    | dict.fromkeys(TRIMESTER, 4)
    | dict.fromkeys(HALF | SEMESTER | {"полгода"}, 6)
    | dict.fromkeys(YEAR, 12)
)

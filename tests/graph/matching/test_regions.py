from __future__ import annotations

import pytest
from pyoxigraph import NamedNode

from graph.matching.regions import RegionNames

KEMEROVO, DAGESTAN, UGRA, KOMI, CRIMEA, SPB, SMOLENSK, VLADIMIR = (NamedNode(f"http://x/{at}") for at in range(8))
NAMES = RegionNames(
    {
        KEMEROVO: "Кемеровская область",
        DAGESTAN: "Республика Дагестан",
        UGRA: "Ханты-Мансийский автономный округ — Югра",
        KOMI: "Республика Коми",
        CRIMEA: "Республика Крым",
        SPB: "Санкт-Петербург",
        SMOLENSK: "Смоленская область",
        VLADIMIR: "Владимирская область",
    }
)


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("министерство образования Кузбасса", None, "министерство образования Кемеровская область"),
        ("школы Смоленщины", None, "школы Смоленская область"),
        ("центр детей СПб", SPB, "центр детей Санкт-Петербург"),
        ("Лесной район (ХМАО)", UGRA, "Лесной район (Ханты-Мансийский автономный округ — Югра)"),
        ("институт ХМАО-Югры", UGRA, "институт Ханты-Мансийский автономный округ — Югра"),
        ("ГБПОУ РД «Колледж»", DAGESTAN, "ГБПОУ Республика Дагестан «Колледж»"),
        ("колледж РД", None, "колледж Республика Дагестан"),
        # Of two regions, of another region, of no region.
        ("колледж РК", None, "колледж РК"),
        ("колледж РК", KOMI, "колледж Республика Коми"),
        ("колледж РД", KOMI, "колледж РД"),
        # Higher education behind a legal form.
        ("ФГБОУ ВО «Университет»", VLADIMIR, "ФГБОУ ВО «Университет»"),
        ("причина, КО, Питерка", KEMEROVO, "причина, КО, Питерка"),
    ],
)
def test_regions_are_written_out(text: str, region: NamedNode | None, expected: str) -> None:
    assert NAMES.written_out(text, region) == expected

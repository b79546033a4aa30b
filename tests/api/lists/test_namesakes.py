from __future__ import annotations

from api.lists.namesakes import told_apart

LABELS = {
    "land": "Страна",
    "east": "Восточный край",
    "west": "Западная область",
    "one": "Лесной округ",
    "other": "Лесной округ",
    "alone": "Каменский округ",
    "theme": "Лесной округ",
}
ABOVE: dict[str, dict[str, tuple[str, ...]]] = {
    "east": {"within": ("land",)},
    "west": {"within": ("land",)},
    "one": {"within": ("land", "east")},
    "other": {"within": ("west", "land"), "oktmo": ("1",)},
    "alone": {"within": ("land", "west")},
    "theme": {"broader": ("alone",)},
}


def test_namesakes_are_called_with_the_narrowest_territory_around() -> None:
    assert told_apart(LABELS, ABOVE) == LABELS | {
        "one": "Лесной округ (Восточный край)",
        "other": "Лесной округ (Западная область)",
    }


def test_a_name_that_stands_once_stays_as_it_is() -> None:
    assert told_apart(LABELS, {name: traits for name, traits in ABOVE.items() if name != "one"}) == LABELS

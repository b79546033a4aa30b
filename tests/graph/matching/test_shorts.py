"""Of each short spelling the parts that are looked for first stand in every text that it changes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from graph.matching.shorts import WRITTEN_OUT
from ontology.language import collapse

_MENTIONS = Path(__file__).parents[3] / "bench" / "linking"
_SHORT = (
    *("МКУ УО р-на", "р-он", "упр-е", "адм-ция", "ком-т", "деп-т", "м-во", "Мин-ва", "уч-ще", "ин-т", "д/с № 5"),
    *("детсад", "садик", "сад № 3", "ДОУ ДС № 1", "с/ш", "с. ш.", "нач. шк.", "д.с. № 4", "шк.-инт.", "ун-т", "тех-м"),
    *("тв-ва", "ц-р", "2-я школа", "АМС", "Яшалтинского РМО", "г. о.", "м.о.", "м.р.", "Ненецкий АО", "раена", "ст. Л"),
    *("ст-ца", "посёлок городского типа", "п. г. т. Яя", "р/п", "Пермский кр.", "рн.", "рабочий поселок", "пос. Х"),
    *("внутригородская территория города федерального значения", "вн. тер. г.", "ВМО", "Минобрнауки", "МОиН", "УОиН"),
    *("ДОН", "минобр", "мин-проса", "минобразования", "депобр", "упробр", "комобразования", "орган управления"),
    *("МОУО города", "ОО адм", "инфометодцентр", "методкабинет", "сов. союза", "имм. Д", "номера 5", "медколледж"),
    *("дошкольное учреждение", "пед. институт", "агротехникум", "индустриально-техникум", "политехколледж", "ДОУ № 2"),
)


def _written() -> list[str]:
    """The mentions of strangers that may be read."""
    texts = []
    for name in ("by-hand", "second", "third", "fourth"):
        with (_MENTIONS / f"mentions-{name}.tsv").open(encoding="utf-8", newline="") as lines:
            texts += [row[0] for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if row]
    return texts


@pytest.mark.parametrize("change", ["as written", "upper", "lower"])
def test_parts_stand_in_all_texts_that_change(change: str) -> None:
    found = set()
    for given in (*_SHORT, *_written()):
        text = collapse({"upper": given.upper(), "lower": given.lower()}.get(change, given))
        for at, (parts, short, _) in enumerate(WRITTEN_OUT):
            if short.search(text):
                assert any(part in text.lower() for part in parts), (text, short.pattern)
                found.add(at)
    if change == "as written":
        assert found == set(range(len(WRITTEN_OUT)))

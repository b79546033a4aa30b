"""Where a free text states a time: rates, «по мере …», «по плану …», «до 01.09.2022»."""

from __future__ import annotations

from typing import Final

from loaders.values.times import words
from loaders.values.times.grammar import Grammar
from loaders.values.tokens import tokenise

_ADVERBS: Final = words.forms("ежегодно ежеквартально ежемесячно еженедельно ежедневно")
# «по учебному плану», «по штатному расписанию»: papers of another kind.
_OTHER_PLANS: Final = words.adjective(
    "учебн", "штатн", "индивидуальн", "персональн", "персонифицированн", "образовательн", "авторск", "типов",
)  # fmt: skip
_PLANS: Final = words.forms("плану графику планам графикам планом графиком расписанию циклограмме")
_NEEDS: Final = ("мере", "запрос", "требовани", "необходимости")
_LONGEST_CLAUSE: Final = 8


def stated_times(text: str) -> list[tuple[int, int]]:
    """
    Offsets of the times in `text`, in order and apart.

    Years and months alone are left to the targets, adjectives («ежегодный») to their nouns.
    """
    finder = _Finder(text)
    found = []
    index = 0
    while index < len(finder.tokens):
        stop = finder.time(index)
        if stop is None:
            index += 1
        else:
            found.append((finder.tokens[index].start, finder.tokens[stop - 1].end))
            index = stop
    return found


class _Finder(Grammar):
    def __init__(self, text: str) -> None:
        super().__init__(tokenise(text))
        self.text = text

    def time(self, i: int) -> int | None:
        """Where a time that starts at token `i` ends; None if none starts there."""
        return self._rate(i) or self._plan(i) or self._condition(i) or self._due(i)

    def _rate(self, i: int) -> int | None:
        """A rate takes months along: «Ежегодно, июнь», «ежегодно (до 1 декабря)»."""
        if self.at(i).text in _ADVERBS:
            stop = i + 1
        else:
            rate = self.rate(i)
            if rate is None:
                return None
            said = {token.text for token in self.tokens[i : rate.stop]}
            if not said & (words.TIMES | {"дважды", "трижды"}):
                return None
            stop = rate.stop
        opening = self.at(stop).text
        reading = self.calendar(stop + 1 if opening in (",", "(", "-", ":") else stop)
        if reading is None or any(span.unit in ("year", "school_year") for span in reading.spans):
            return stop
        return reading.stop + 1 if opening == "(" and self.at(reading.stop).text == ")" else reading.stop

    def _plan(self, i: int) -> int | None:
        k = i + 1
        if self.says(i, ("в", "соответствии", "с")):
            k = i + 3
        elif self.at(i).text not in ("по", "согласно"):
            return None
        for step in range(k, k + 4):
            token = self.at(step)
            if token.kind != "word" or token.text in _OTHER_PLANS:
                return None
            if token.text in _PLANS:
                return self._named(step + 1)
        return None

    def _named(self, i: int) -> int:
        """After the plan's own name: «работы», «мероприятий» and the abbreviations of the bodies whose plan it is."""
        k = i
        if self.at(k).text == "-" and self.at(k + 1).text in _PLANS:
            k += 2
        if self.at(k).text.startswith(("работ", "мероприяти", "отчетност")):
            k += 1
        stop = k
        while k < len(self.tokens):
            token = self.tokens[k]
            raw = self.text[token.start : token.end]
            if token.kind == "word" and len(raw) > 1 and raw.isupper():
                stop = k + 1
            elif token.text != "," or k == i:
                break
            k += 1
        return stop

    def _condition(self, i: int) -> int | None:
        """«по мере необходимости», «по запросу регионального оператора», «при необходимости»."""
        if self.says(i, ("при", "необходимости")):
            return i + 2
        if self.at(i).text != "по" or not self.at(i + 1).text.startswith(_NEEDS):
            return None
        k = i + 2
        while k < i + _LONGEST_CLAUSE and self.at(k).kind == "word":
            k += 1
        return k

    def _due(self, i: int) -> int | None:
        """«(в срок) до 1 сентября 2022 г.»: a second, tighter deadline inside the activity."""
        reading = self.calendar(i) if self.at(i).text in ("до", "не", "к", "в") else None
        if reading is None or len(reading.spans) != 1:
            return None
        span = reading.spans[0]
        return reading.stop if span.mode == "before" and span.unit == "day" and span.dated and span.valid() else None

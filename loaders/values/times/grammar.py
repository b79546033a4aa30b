"""
The phrases of which Russian deadlines are made: from tokens to dates, rates, plans and conditions.

Each rule looks at a bounded number of tokens, so a text is read in linear time.
What the phrases of one cell mean together is said in `loaders.values.times.parts`.
"""

from __future__ import annotations

from typing import Final

from loaders.values.times import words
from loaders.values.times.rates import REPORTED, Phrase, RateRules

_PLAN_STEMS: Final = (
    "план", "график", "расписани", "циклограмм", "приказ", "распоряжени", "регламент", "календар", "порядк", "положени",
    "дорожн", "срокам", "сроками", "программ", "медиаплан", "постановлени", "договор", "соглашени", "техзадани", "тз",
)  # fmt: skip
_CONDITION_AFTER_BY: Final = (
    "мере", "меру", "запрос", "требовани", "заявк", "заявлени", "необходимости", "обращени", "поступлени", "факту",
    "согласовани", "договоренности", "приглашени", "завершени", "окончани", "итогам", "результатам", "готовности",
    "истечени", "достижени", "возможности", "ситуации", "решению", "инициативе", "вызову", "потребност", "выполнени",
    "утверждени", "получени",
)  # fmt: skip
_CONDITION_WORDS: Final = (
    ("при",), ("после",), ("в", "случае"), ("в", "случаях"), ("с", "момента"), ("со", "дня"), ("с", "даты"),
    ("одновременно",), ("до", "завершения"), ("до", "полного"), ("до", "момента"), ("до", "проведения"),
    ("до", "принятия"), ("до", "утверждения"), ("до", "достижения"), ("до", "окончания"), ("до", "начала"),
    ("во", "время"), ("в", "ходе"), ("перед",), ("в", "период"), ("на", "момент"), ("накануне",), ("в", "рамках"),
    ("ко", "дню"), ("к", "дню"), ("к", "международному"), ("к", "всероссийскому"), ("к", "юбилею"), ("в", "день"),
    ("в", "дни"), ("каникул",), ("каникулы",), ("в", "каникулярное"), ("в", "каникулы"), ("не", "позднее", "чем"),
)  # fmt: skip
_CONDITION_FIRST_WORDS: Final = frozenset(opening[0] for opening in _CONDITION_WORDS)
_AT_ONCE: Final = words.forms("незамедлительно немедленно безотлагательно срочно сразу оперативно")
_CONSTANT_STEMS: Final = ("постоянн", "систематическ", "системно", "регулярн", "непрерывн", "бессрочн", "периодическ")
_CARRIED_OUT: Final = ("реализаци", "действи", "выполнени", "исполнени")
_TERMS: Final = words.forms("сроки срок срокам плановом")
_SET: Final = ("установл", "определен", "утвержд", "указанн", "планов")
_DISTANCE: Final = words.forms("течение течении за через спустя истечении позднее позже более до")
_BEFORE_DISTANCE: Final = words.forms("в не чем срок по на")
_ANCHORS: Final = words.forms("после со с до от по")
_HOURS: Final = words.forms("час часа часов")
_RATE_ADVERBS: Final = words.forms("ежегодно ежеквартально ежемесячно постоянно")
_OPENING_MARKS: Final = frozenset((",", ":"))
_CLAUSE_MARKS: Final = words.forms(", ( но . - )")


class Grammar(RateRules):
    """Reads phrases from tokens; every rule takes the index where it starts and answers None if it does not apply."""

    def phrases(self) -> tuple[list[Phrase], list[int]]:
        """The phrases in order, and the indices of the tokens that belong to none."""
        found, unused = [], []
        index = 0
        while index < len(self.tokens):
            phrase = self.phrase(index)
            if phrase is None:
                unused.append(index)
                index += 1
            else:
                found.append(phrase)
                index = phrase.stop
        return found, unused

    def phrase(self, i: int) -> Phrase | None:
        """The phrase that starts at `i`, by the first rule that applies."""
        if self.at(i).kind == "mark" and self.at(i).text not in _OPENING_MARKS:
            return None
        return (
            self.rate(i)
            or self.relative(i)
            or self.month_day(i)
            or self.whole(i)
            or self.dates(i)
            or self.constant(i)
            or self.plan(i)
            or self.condition(i)
        )

    def dates(self, i: int) -> Phrase | None:
        """Calendar dates with the words before them."""
        reading = self.calendar(i)
        if reading is None:
            return None
        return Phrase("dates", i, reading.stop, spans=reading.spans, worded=reading.worded, misprint=reading.misprint)

    def whole(self, i: int) -> Phrase | None:
        """«в течение всего периода», «на протяжении реализации проекта», «в течение года», «весь учебный год»."""
        k = i
        within = False
        if self.at(k).text in ("в", "на") and self.at(k + 1).text in ("течение", "течении", "протяжении", "протяжение"):
            within, k = True, k + 2
        elif self.at(k).text in ("за", "на", "в"):
            k += 1
        all_of = False
        while self.at(k).text in ("всего", "весь", "все", "всей", "всю", "круглый") or self.at(k).text in REPORTED:
            all_of, k = True, k + 1
        if self.at(k).text.startswith("круглогодичн"):
            return Phrase("whole", i, k + 1, scope="year")
        school = False
        while self.at(k).text in words.SCHOOL:
            school, k = True, self.after_stop(k + 1)
        token = self.at(k).text
        if (within or all_of or school) and token in words.YEAR:
            stop = self.after_stop(k + 1)
            if self.at(stop).text in ("после", "со", "с"):
                return None
            return Phrase("whole", i, stop, scope="school_year" if school else "year")
        carried = self.at(k + 1).text.startswith(_CARRIED_OUT)
        if token in ("период", "периода", "срок", "срока", "времени", "периоде") and (all_of or within or carried):
            if self.at(k + 1).kind == "number" or self.at(k + 1).text in ("с", "со"):
                return None
            return Phrase("whole", i, self.clause_end(k + 1) if carried else k + 1, scope="period")
        if (within or all_of) and token.startswith(_CARRIED_OUT):
            return Phrase("whole", i, self.clause_end(k + 1), scope="period")
        return None

    def constant(self, i: int) -> Phrase | None:
        """«постоянно», «на постоянной основе», «регулярно»; «далее»."""
        token = self.at(i)
        if token.text == "и" and self.at(i + 1).text in ("далее", "последующие"):
            return self.constant(i + 1)
        if token.text == "далее" or (token.text == "в" and self.at(i + 1).text.startswith("последующ")):
            stop = i + 1 if token.text == "далее" else i + 2
            return Phrase("onward", i, stop + 1 if self.at(stop).text in words.YEAR else stop)
        if token.text == "последующие" and self.at(i + 1).text in words.YEAR:
            return Phrase("onward", i, i + 2)
        k = i + 1 if token.text in ("на", "в") else i
        if not self.at(k).text.startswith(_CONSTANT_STEMS):
            return None
        stop = k + 1
        if self.at(stop).text in ("основе", "режиме", "порядке"):
            stop += 1
        return Phrase("constant", i, stop)

    def plan(self, i: int) -> Phrase | None:
        """«по отдельному плану», «согласно графику», «в соответствии с планом работы», «в установленные сроки»."""
        k = i
        first = self.at(k).text
        if first == "согласно" or (first == "в" and self.at(k + 1).text == "соответствии"):
            k += 1 if first == "согласно" else 2
            return Phrase("plan", i, self.clause_end(k)) if self.at(k).kind != "end" else None
        if first in ("в", "по") and self._terms_set(k + 1):
            return Phrase("plan", i, self.clause_end(k + 1))
        if first.startswith(("определя", "устанавл")) and self.at(k + 1).text.startswith(_PLAN_STEMS):
            return Phrase("plan", i, self.clause_end(k + 2))
        if first == "сроки" and self.at(k + 1).text.startswith(("определ", "устан", "согласно", "проведен", "утвержд")):
            return Phrase("plan", i, self.clause_end(k + 1))
        if first == "по":
            k += 1
        elif not self.at(k).text.startswith(("план", "график", "циклограмм", "расписани")):
            return None
        for step in range(k, k + 6):
            token = self.at(step)
            if token.kind == "number" or token.text in (",", ";", "(", "по"):
                return None
            if token.text.startswith(_PLAN_STEMS):
                return Phrase("plan", i, self.clause_end(step + 1))
        return None

    def _terms_set(self, i: int) -> bool:
        """«(в) сроки, установленные …», «(в) установленные сроки»."""
        near = [self.at(k).text for k in range(i, i + 4)]
        return any(text in _TERMS for text in near[:2]) and any(text.startswith(_SET) for text in near)

    def relative(self, i: int) -> Phrase | None:
        """«в течение 10 рабочих дней после …», «за 5 дней до …», «в месячный срок», «незамедлительно»."""
        if self.at(i).text in _AT_ONCE or (self.at(i).text == "в" and self.at(i + 1).text.startswith("кратчайш")):
            return Phrase("relative", i, self.clause_end(i + 1))
        k = i
        while k < i + 5 and self.at(k).text in _DISTANCE | _BEFORE_DISTANCE:
            k += 1
        said = {self.at(index).text for index in range(i, k)}
        if not said or ("по" in said and "истечении" not in said):
            return None
        count, k = self.count_at(k)
        if self.at(k).text == "-":
            k += 1
        if any(stem in self.at(k).text for stem in ("дневн", "недельн", "месячн")) and self.at(k + 1).text == "срок":
            return Phrase("relative", i, self.clause_end(k + 2))
        while self.at(k).text in words.WORKING and self.at(k).text not in words.SCHOOL:
            k += 1
        unit = self.at(k).text
        anchored = self.at(self.after_stop(k + 1)).text in _ANCHORS
        if unit in words.QUARTER | words.HALF:
            measured = anchored
        elif unit in words.YEAR:
            measured = anchored or count > 0
        else:
            measured = unit in words.MONTH | words.DAY | words.WEEK | _HOURS
        return Phrase("relative", i, self.clause_end(k + 1)) if measured and said & _DISTANCE else None

    def condition(self, i: int) -> Phrase | None:
        """«по мере необходимости», «по запросу», «при наличии …», «после проведения …», «до начала …»."""
        if self.at(i).text == "по" and self.at(i + 1).text.startswith(_CONDITION_AFTER_BY):
            return Phrase("condition", i, self.clause_end(i + 2))
        if self.at(i).text == "на" and self.at(i + 1).text == "этапе":
            return Phrase("condition", i, self.clause_end(i + 2))
        if self.at(i).text in words.SEASONAL and self.at(i + 1).text in words.HOLIDAYS:
            return Phrase("condition", i, self.clause_end(i + 2))
        if self.at(i).text not in _CONDITION_FIRST_WORDS:
            return None
        for opening in _CONDITION_WORDS:
            if self.says(i, opening):
                return Phrase("condition", i, self.clause_end(i + len(opening)))
        return None

    def clause_end(self, i: int) -> int:
        """Where a clause of free words ends: at «;», or before another time set off by a comma, bracket or «до»."""
        k = i
        brackets = 0
        while k < len(self.tokens):
            text = self.at(k).text
            brackets += (text == "(") - (text == ")")
            if text == ";" or brackets < 0 or text in _RATE_ADVERBS:
                return k
            inside_number = self.at(k - 1).kind == self.at(k + 1).kind == "number"
            if text in _CLAUSE_MARKS and not inside_number and self._time_after(k + 1):
                return k
            if text in ("до", "не") and self.calendar(k) is not None:
                return k
            if self.at(k + 1).text in ("течение", "течении", "протяжении") and self._stretch(k):
                return k
            k += 1
        return k

    def _stretch(self, i: int) -> bool:
        return self.whole(i) is not None or self.calendar(i) is not None

    def _time_after(self, i: int) -> bool:
        k = i
        while self.at(k).text in ("но", "и", "а"):
            k += 1
        times = (self.rate(k), self.month_day(k), self.calendar(k), self.constant(k))
        return any(time is not None for time in times)

"""
The text of a cell cut into the spans that each name one actor; persons are taken out before.

Separators decide where there are any.  A list joined by blanks or line breaks is cut before a known name, before an
abbreviation if what stands before is complete, and before a capital letter that begins a new head noun
(design of the ontology, 4.10, case 3).
One module of more than 400 lines, because every rule reads the state of one walk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from loaders.values.actor_phrases import Names, Phrases
from ontology.language import normalise, readings, spelling_key
from ontology.language.abbreviations import is_abbreviation
from ontology.language.actor_nouns import (
    ActorNoun,
    actor_noun,
    attribute_cases,
    is_attribute,
    is_participle,
    is_plain_nominative,
    names_people,
)
from ontology.language.leaning_words import leaning_words

_HARD: Final = frozenset(";•·▪●■◦*|")
_DASHES: Final = frozenset("-‑–—−")
# Posts that are nothing without the post they serve.
_LEANING: Final = frozenset({"заместитель", "помощник", "заведующий", "член", "представитель", "начальник"})
# Parts of an institution, whose name goes on with that of the institution.
_UNITS: Final = frozenset({"кафедра", "лаборатория", "сектор", "факультет"})
# Bodies that own others: after them «администрации» on a new line is no new body.
_OWNERS: Final = frozenset({"администрация", "управление", "министерство", "департамент", "комитет", "отдел"})
# Nouns too general for an actor without the charge that follows them.
_CHARGED: Final = frozenset({"лицо", "специалист", "сотрудник", "работник", "представитель", "педагог"})
# Tokens of an actor that are looked at; names are shorter, and an endless run must not cost the square of its length.
_LONGEST: Final = 80
_INNER: Final = re.compile(
    r"(?:котор\w+|где|чь[яеиё]\w*|в том числе|в т\.?\s?ч\.?|включая|а именно|то есть|т\.\s?е\.|входящ\w+"
    r"|по согласовани\w+|в рамках|в лице|в соответстви\w+|в пределах)\b",
)
_CO_EXECUTION: Final = re.compile(
    r"(?:при участии|с участием|совместно со?|во взаимодействии со?|в сотрудничестве со?"
    r"|при поддержке|с привлечением)\b",
    re.IGNORECASE,
)
_LIST_SIGN: Final = re.compile(r"\s*(?:[-‑–—−•·▪●■◦*,.;:/|]\s*|\d{1,2}[.)]\s+)")
_HEADINGS: Final[dict[str, Literal["responsible", "co-executor"]]] = {
    "ответственный": "responsible",
    "ответственные": "responsible",
    "ответственный исполнитель": "responsible",
    "ответственные исполнители": "responsible",
    "исполнитель": "responsible",
    "исполнители": "responsible",
    "соисполнитель": "co-executor",
    "соисполнители": "co-executor",
    "участники": "co-executor",
    "участник": "co-executor",
    "соорганизатор": "co-executor",
    "соорганизаторы": "co-executor",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """
    A span `start`…`end` of the text that names one actor.

    `shared` is the modifier it shares with the next one («руководители и педагоги ОО»: «ОО»), without it "".
    `role` is set by words of the cell («при участии»), else None.
    """

    start: int
    end: int
    shared: str = ""
    role: Literal["responsible", "co-executor"] | None = None


@dataclass(slots=True)
class _Open:
    """The actor under construction: its tokens, whether they are exactly a known name, whether a clause is open."""

    tokens: list[int] = field(default_factory=list)
    known: bool = False
    clause: bool = False


@dataclass(slots=True)
class _Cut:
    tokens: list[int]
    joined: Literal["and", "comma", "other"]
    role: Literal["responsible", "co-executor"] | None


def find_segments(text: str, names: Names) -> list[Segment]:
    """
    The actors named in `text`, in order, never overlapping.

    Every letter and digit belongs to one of them or to a joining word («и», «а также», «совместно с», «Исполнители:»).
    """
    return _Cutter(text, names).segments()


class _Cutter(Phrases):
    def __init__(self, text: str, names: Names) -> None:
        super().__init__(text, names)
        self.cuts: list[_Cut] = []
        self.open = _Open()
        self.role: Literal["responsible", "co-executor"] | None = None

    def segments(self) -> list[Segment]:
        index = 0
        while index < len(self.tokens):
            index = self._step(index)
        self._close("other")
        return self._share()

    # --- the walk

    def _step(self, index: int) -> int:
        """Takes the token at `index`, and perhaps more; gives the index of the next one to take."""
        token = self.tokens[index]
        current = self.open
        if self.inner[index]:
            current.tokens.append(index)
            current.known = False
            return index + 1
        if token.kind == "line":
            following = index + 1
            if following < len(self.tokens) and self._splits_at_line(following):
                self._close("other")
            return following
        if token.kind == "sign":
            return self._sign(index)
        if token.kind == "number" and self.text_at(index + 1) in {".", ")"} and self._numbers_item(index):
            self._close("other")
            return index + 2
        marker = _CO_EXECUTION.match(self.text, token.start)
        if marker:
            self._close("other")
            self.role = "co-executor"
            return self.index_at(marker.end(), index)
        if token.lower in {"и", "или", "либо"} and self.text_at(index + 1) != ".":
            if not current.tokens:
                return index + 1
            if self._splits_at_and(index + 1):
                self._close("and")
                return index + 1
            current.tokens.append(index)
            current.known = False
            return index + 1
        if token.lower == "а" and self.lower_at(index + 1) == "также":
            self._close("and")
            return index + 2
        if current.tokens and self._splits_at_blank(index):
            self._close("other")
            current = self.open
        end = self.known_end(index)
        if end is not None and not current.tokens:
            current.tokens.extend(range(index, end))
            current.known = True
            return end
        current.tokens.append(index)
        current.known = False
        return index + 1

    def _numbers_item(self, index: int) -> bool:
        """Whether the number at `index`, before a full stop or bracket, counts the items of a list in the cell."""
        if not self.open.tokens:
            return True
        return self.text_at(index + 1) == ")" and self.text_at(index - 1) not in {"№", "-", "–"}

    def _sign(self, index: int) -> int:
        token, current = self.tokens[index], self.open
        if token.text in _HARD:
            self._close("other")
            self.role = None if token.text == ";" else self.role
        elif token.text == ",":
            if self._splits_at_comma(index):
                self._close("comma")
            else:
                current.tokens.append(index)
        elif token.text in "/\\":
            if current.tokens and index + 1 < len(self.tokens) and self._strength(index + 1) >= 2:
                self._close("other")
            elif current.tokens:
                current.tokens.append(index)
        elif token.text == ":":
            heading = self._heading()
            if heading is not None:
                self.open, self.role = _Open(), heading
            else:
                self._close("other")
        elif (token.text in ".!?" and self._ends_sentence(index)) or (
            token.text in _DASHES and (not current.tokens or self.begins_line(index))
        ):
            self._close("other")
        elif token.text in _DASHES and (heading := self._heading()) is not None:
            self.open, self.role = _Open(), heading
        elif current.tokens:
            current.tokens.append(index)
            current.known = current.known and token.text == "."
        elif token.text not in ".,":
            current.tokens.append(index)
        return index + 1

    def _heading(self) -> Literal["responsible", "co-executor"] | None:
        """The role that the open text gives to what follows («Исполнители: …»), if it is such a heading."""
        return _HEADINGS.get(" ".join(self.tokens[item].lower for item in self.open.tokens[:3]))

    def _close(self, joined: Literal["and", "comma", "other"]) -> None:
        if any(self.tokens[index].kind != "sign" for index in self.open.tokens):
            self.cuts.append(_Cut(self.open.tokens, joined, self.role))
        elif self.open.tokens and self.cuts:
            # Signs alone («№») name nobody; they go with what stands before.
            self.cuts[-1].tokens.extend(self.open.tokens)
        self.open = _Open()

    # --- where to cut

    def _splits_at_comma(self, index: int) -> bool:
        following = self.skip_lines(index + 1)
        if following is None:
            return True
        current, token = self.open, self.tokens[following]
        if not current.tokens:
            return True
        if token.text in "№#" or token.kind == "number":
            return False
        if token.kind == "sign":
            return token.text not in "(«\"'"
        if _INNER.match(normalise(self.text[token.start : token.start + 40])):
            current.clause = True
            return False
        if is_participle(token.text) or self._charged(following):
            current.clause = True
            return False
        if self._dangling() or (token.lower in leaning_words("place") and self._strength(following) < 2):
            return False
        if token.text[0].isupper():
            kind = self.abbreviation(following)
            last = self.abbreviation(current.tokens[-1])
            return not (kind == "modifier" and last == "modifier")
        return self._strength(following) >= 1

    def _charged(self, index: int) -> bool:
        """«(лицо), ответственное за питание»: what a general noun before the comma is charged with."""
        mine = self.head(self.open.tokens[0])
        return (
            mine is not None
            and mine[0].lemma in _CHARGED
            and self.tokens[index].lower.startswith("ответственн")
            and self.lower_at(index + 1) == "за"
        )

    def _splits_at_line(self, following: int) -> bool:
        current, token = self.open, self.tokens[following]
        if not current.tokens or self.inner[following]:
            return False
        if token.kind == "sign":
            return token.text in _DASHES
        if self._dangling():
            return False
        if token.kind == "number":
            return self.text_at(following + 1) in {".", ")"}
        if _INNER.match(normalise(self.text[token.start : token.start + 40])):
            return False
        bare = self.is_bare(current.tokens)
        if self._opens_with_territory(following):
            return self._complete()
        end = self.known_end(following)
        if end is not None and not self._leans(following):
            return not (bare and end == following + 1 and is_abbreviation(token.text))
        if is_abbreviation(token.text):
            return not self._leans(following) and not bare and self._complete()
        found = self.head(following)
        if token.text[0].isupper():
            if found is not None:
                return found[0].nominative and (found[0].certain or found[1] > following or not bare)
            return _may_be_nominative(token.text) and self._complete()
        if found is not None and found[0].nominative:
            if found[0].certain or found[0].kind in {"post", "person"}:
                return True
            return self._another_after_abbreviation(*found)
        return names_people(token.text)

    def _splits_at_and(self, index: int) -> bool:
        following = self.skip_lines(index)
        if following is None or self._dangling() or self.inner[following]:
            return False
        current, token = self.open, self.tokens[following]
        if token.kind != "word":
            return False
        mine = self.head(current.tokens[0])
        people = mine is not None and mine[0].kind in {"post", "person"} and not current.known
        end = self.known_end(following)
        if is_abbreviation(token.text):
            if self._leans(following):
                return False
            kind = self.abbreviation(following)
            group = kind in {"group", "school-type", "legal-form"} or spelling_key(token.text) in self.names.groups
            return not (people and group) and (self._complete() or current.known)
        if end is not None:
            return True
        found = self.head(following)
        if found is None or not found[0].nominative:
            return bool(people and mine and names_people(token.text) and self.is_bare(current.tokens))
        if found[0].certain or found[1] > following:
            return True
        return found[0].kind in {"post", "person"} or self._closed_abbreviations()

    def _splits_at_blank(self, index: int) -> bool:
        current, token = self.open, self.tokens[index]
        before = current.tokens[-1]
        if self._dangling() or current.clause or token.kind != "word" or token.text.isascii():
            return False
        if current.tokens == [index - 1] and self._opens_with_territory(index - 1):
            return False
        if before + 1 < index and self.tokens[before + 1].kind == "line":
            # Line breaks were judged on their own.
            return False
        if self.tokens[before].text in _DASHES or (self.tokens[before].text == "," and current.clause):
            return False
        end = self.known_end(index)
        if is_abbreviation(token.text):
            return not self._leans(index) and self._complete()
        found = self.head(index)
        if end is not None:
            return self._complete() or (found is not None and found[0].nominative)
        if found is None or not found[0].nominative:
            return False
        noun, position = found
        if token.text[0].isupper():
            if noun.certain or position > index:
                return True
            clause = self.text_at(position + 1) == "," and is_participle(self.text_at(position + 2))
            return self._closed_abbreviations() or current.known or clause
        if noun.kind in {"post", "person"}:
            return noun.certain and position == index and (self._complete() or self._people_of_many())
        return self._another_after_abbreviation(noun, position) and noun.lemma in {"организация", "учреждение"}

    # --- what stands before

    def _dangling(self) -> bool:
        """Whether the open actor cannot end here: it ends in a preposition, an adjective, «зам.», «заместитель»."""
        tokens = self.open.tokens
        if not tokens:
            return True
        last = self.tokens[tokens[-1]]
        if last.kind == "sign":
            if last.text == "." and len(tokens) > 1:
                return self.tokens[tokens[-2]].lower in leaning_words("dotted")
            return last.text in _DASHES or last.text in "№#,"
        if last.kind == "number" or self.open.known:
            return False
        if last.lower in leaning_words("link") or last.text.endswith("-") or last.lower in {"зам", "зав"}:
            return True
        if is_abbreviation(last.text):
            return False
        cases = attribute_cases(last.text)
        if cases and "nomn" not in cases and readings(last.text)[0].part in {"ADJF", "PRTF"}:
            return True
        head = self.head(tokens[0])
        if head is None or tokens[-1] < head[1]:
            return is_attribute(last.text) and (last.text.islower() or len(tokens) == 1)
        return head[1] == tokens[-1] and head[0].lemma in _LEANING and head[0].lemma != "заведующий"

    def _complete(self) -> bool:
        """Whether an abbreviation that follows begins a new actor."""
        current = self.open
        if current.known:
            return True
        first = self.tokens[current.tokens[0]]
        if is_abbreviation(first.text):
            return self._closed_abbreviations()
        found = self.head(current.tokens[0])
        if found is None:
            return True
        rest = [index for index in current.tokens[:_LONGEST] if index > found[1]]
        named = any(
            is_abbreviation(self.tokens[index].text) or self.tokens[index].kind == "number" or self.inner[index]
            for index in rest
        )
        if found[0].kind in {"organisation", "collective"} and found[0].lemma not in _UNITS:
            return bool(rest)
        return named and not self._ends_in_legal_form()

    def _people_of_many(self) -> bool:
        """Whether the open actor is people of many organisations, which more people may follow: «директора школ»."""
        last = actor_noun(self.tokens[self.open.tokens[-1]].text)
        return (
            last is not None
            and last.kind == "organisation"
            and last.plural is True
            and not last.nominative
            and not self.is_bare(self.open.tokens)
        )

    def _another_after_abbreviation(self, noun: ActorNoun, position: int) -> bool:
        """Whether organisations begin after an abbreviation, which needs no words: «МОЦ организации культуры»."""
        after = position + 1
        goes_on = after < len(self.tokens) and self.tokens[after].kind == "word"
        return goes_on and noun.nominative and noun.lemma not in _OWNERS and self._closed_abbreviations()

    def _closed_abbreviations(self) -> bool:
        """Whether the open actor is a run of abbreviations that has its own name: «МАУ ИМЦ», but not «ГАУ ДПО»."""
        tokens = self.open.tokens[:_LONGEST]
        if not tokens or not is_abbreviation(self.tokens[tokens[0]].text):
            return False
        kinds = [self.abbreviation(index) for index in tokens]
        if kinds[0] not in {"legal-form", "school-type"}:
            return True
        return any(
            self.inner[index]
            or self.tokens[index].kind == "number"
            or (
                self.tokens[index].kind == "word" and kind not in {"legal-form", "school-type", "modifier", "territory"}
            )
            for index, kind in zip(tokens, kinds, strict=True)
        )

    def _ends_in_legal_form(self) -> bool:
        return self.abbreviation(self.open.tokens[-1]) in {"legal-form", "school-type"}

    # --- what follows

    def _strength(self, index: int) -> int:
        """How surely an actor begins at `index`: 0 not, 1 perhaps, 2 surely."""
        token = self.tokens[index]
        if token.kind != "word":
            return 0
        if self.known_end(index) is not None:
            return 2
        if is_abbreviation(token.text):
            return 0 if self._leans(index) else 2
        found = self.head(index)
        if found is not None and found[0].nominative:
            return 2
        if names_people(token.text) or token.text[0].isupper() or is_plain_nominative(token.text):
            return 1
        following = index + 1
        if is_attribute(token.text) and following < len(self.tokens) and self.tokens[following].kind == "word":
            return int(
                any(item.part == "NOUN" and item.case == "nomn" for item in readings(self.tokens[following].text))
            )
        return 0

    def _leans(self, index: int) -> bool:
        """Whether the abbreviation at `index` goes on with the name before it: a territory, «ДПО» after «ГАУ»."""
        token = self.tokens[index]
        if token.text.upper() in self.names.territories:
            return True
        kind = self.abbreviation(index)
        if kind in {"modifier", "territory"}:
            return True
        if kind == "school-type":
            return bool(self.open.tokens) and self._ends_in_legal_form()
        return False

    def _opens_with_territory(self, index: int) -> bool:
        """Whether a name begins with its territory: «СПб АППО», and not «РО» in «МО РО»."""
        if self.tokens[index].text not in self.names.territories or index + 1 >= len(self.tokens):
            return False
        following = self.tokens[index + 1]
        return following.kind == "word" and is_abbreviation(following.text) and not self._leans(index + 1)

    # --- places

    def _ends_sentence(self, index: int) -> bool:
        if not self.open.tokens:
            return True
        previous = self.tokens[self.open.tokens[-1]]
        following = self.skip_lines(index + 1)
        if following is None:
            return False
        if previous.lower in leaning_words("dotted") or len(previous.text) == 1:
            return False
        return self.tokens[following].text[0].isupper() and self.tokens[following].start > self.tokens[index].end

    # --- the result

    def _share(self) -> list[Segment]:
        shared = [""] * len(self.cuts)
        for number in range(len(self.cuts) - 2, -1, -1):
            cut, following = self.cuts[number], self.cuts[number + 1]
            if not self.is_bare(cut.tokens) and not self._is_administration(cut.tokens):
                continue
            if cut.joined == "and":
                shared[number] = self._modifier(following.tokens)
            elif cut.joined == "comma" and self.is_bare(following.tokens):
                shared[number] = shared[number + 1]
        found = []
        for cut, modifier in zip(self.cuts, shared, strict=True):
            start, end = self.tokens[cut.tokens[0]].start, self.tokens[cut.tokens[-1]].end
            start, end = _trim(self.text, start, end)
            if start < end:
                found.append(Segment(start, end, modifier, cut.role))
        return found

    def _is_administration(self, tokens: list[int]) -> bool:
        return len(tokens) == 1 and self.tokens[tokens[0]].lower == "администрация"

    def _modifier(self, tokens: list[int]) -> str:
        """The organisation that the actor in `tokens` belongs to: what follows its noun, if that names one."""
        found = self.head(tokens[0])
        if found is None or found[0].kind not in {"post", "person"} or found[1] == tokens[-1]:
            return ""
        rest = [index for index in tokens if index > found[1] and not self._in_brackets(index, tokens)]
        names_one = any(
            is_abbreviation(token.text)
            or token.text[0].isupper()
            or token.kind == "number"
            or ((noun := actor_noun(token.text)) is not None and noun.kind == "organisation")
            for token in (self.tokens[index] for index in rest)
        )
        if not rest or not names_one:
            return ""
        start, end = _trim(self.text, self.tokens[rest[0]].start, self.tokens[rest[-1]].end)
        return self.text[start:end]

    def _in_brackets(self, index: int, tokens: list[int]) -> bool:
        opened = [item for item in tokens if item <= index and self.tokens[item].text == "("]
        return bool(opened) and self.inner[index]


def _may_be_nominative(word: str) -> bool:
    first = readings(word)[0]
    return first.part is None or first.case in {"nomn", None}


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without list signs, blanks and brackets that close nothing."""
    while (match := _LIST_SIGN.match(text, start, end)) is not None and match.end() > start:
        start = match.end()
    while start < end:
        last = text[end - 1]
        span = text[start:end]
        stop = last == "." and (word := re.search(r"([^\W\d_]+)\.$", span)) is not None and len(word[1]) > 3
        if not (stop or last.isspace() or last in ",;:-‑–—−/|\\(" or (last == ")" and "(" not in span)):
            break
        end -= 1
    return start, end

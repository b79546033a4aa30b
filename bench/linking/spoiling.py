"""Mentions as people write them, made from the names of a register: typing errors, cases, short forms, other orders."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from pyoxigraph import NamedNode

from bench.linking.register import Municipality, Register
from graph.matching.asked import Mention
from graph.matching.names import read_name
from ontology.language.lemmas import inflect
from ontology.registers import RegisterRecord

_LONG_FORM: Final = re.compile(
    r"^.*?учреждени\w+\s*(?:дополнительного (?:профессионального )?образования\s*)?", re.IGNORECASE
)
_SHORT: Final = (
    (re.compile(r"средняя общеобразовательная школа", re.IGNORECASE), ("СОШ", "ср. школа", "средняя школа")),
    (re.compile(r"основная общеобразовательная школа", re.IGNORECASE), ("ООШ", "основная школа")),
    (re.compile(r"детский сад", re.IGNORECASE), ("ДС", "д/с", "дет. сад")),
    (
        re.compile(r"управление образования администрации", re.IGNORECASE),
        ("УО администрации", "Управление образования", "УО"),
    ),
    (re.compile(r"муниципальный район"), ("район", "р-н", "МР")),
    (re.compile(r"муниципальный округ"), ("МО", "округ", "мун. округ")),
    (re.compile(r"городской округ"), ("ГО", "гор. округ", "городской округ")),
)
_NONE: Final = (None, "territory")
_KEYS: Final = "йцукенгшщзхъфывапролджэячсмитьбю"


def spoil(random: Random, record: RegisterRecord, municipality: Municipality | None) -> str:
    """One way in which a document could call the entry."""
    text = random.choice((record.name, *record.short_names, record.name))
    if text.isupper():
        text = text.capitalize()
    steps: list[Callable[[Random, str], str]] = [_shorten]
    if random.random() < 0.55:
        steps.append(_without_form)
    if random.random() < 0.25:
        steps.append(_in_case)
    if random.random() < 0.3:
        steps.append(_mistype)
    if random.random() < 0.3:
        steps.append(_punctuate)
    for step in steps:
        text = step(random, text)
    said = read_name(text).words
    # A document says where a body is, unless its name does: without that nobody could tell schools № 1 apart.
    if municipality is not None and record.kind != "territory":
        where = random.choice((municipality.of_it, f"({municipality.short})", f", {municipality.centre}"))
        if not {word[:5] for word in read_name(where).words} & {word[:5] for word in said} and len(where) > 4:
            text = f"{text} {where}".replace(" ,", ",")
    if random.random() < 0.2 and municipality is not None:
        text = f"{text}, {municipality.region_name}"
    return " ".join(text.split())


def _shorten(random: Random, text: str) -> str:
    for pattern, shorter in _SHORT:
        if random.random() < 0.6:
            text = pattern.sub(random.choice(shorter), text)
    return text


def _without_form(_random: Random, text: str) -> str:
    rest = _LONG_FORM.sub("", text)
    rest = re.sub(r"^[МГАКБО]{2,}\w*\s+(?:ДО\s|ДПО\s)?", "", rest)
    return rest if len(rest) > 6 else text


def _in_case(random: Random, text: str) -> str:
    case = random.choice(("gent", "datv", "ablt", "loct"))
    words = text.split()
    for at, word in enumerate(words[:4]):
        changed = inflect(word.strip('«»",.'), {case}) if word.isalpha() and word.islower() else None
        if changed:
            words[at] = changed
    return " ".join(words)


def _mistype(random: Random, text: str) -> str:
    letters = [at for at, letter in enumerate(text) if letter.isalpha() and letter.islower()]
    if len(letters) < 8:
        return text
    at = random.choice(letters[2:])
    match random.randrange(4):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at] + text[at:]
        case 2:
            return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
        case _:
            return text[:at] + random.choice(_KEYS) + text[at + 1 :]


def _punctuate(random: Random, text: str) -> str:
    match random.randrange(4):
        case 0:
            return text.replace("№ ", "№")
        case 1:
            return text.replace("«", "").replace("»", "")
        case 2:
            return text.replace(". ", ".")
        case _:
            return text.replace("№ ", "N ")


def _nobody(random: Random, register: Register) -> tuple[str, Municipality]:
    """A name that is in no register: a number that the town has not, a village that is not there, a group."""
    one = random.choice([each for each in register.municipalities if each.centre])
    match random.randrange(4):
        case 0:
            return f"МБОУ СОШ № {random.randint(41, 199)} г. {one.centre}", one
        case 1:
            village = random.choice(
                ("Нижнее Задолгое", "Перелески", "Кульма", "Станционный-Полевской", "Ягодное Устье")
            )
            return f"МКОУ «СОШ с. {village}» {one.of_it}", one
        case 2:
            return random.choice(_GROUPS), one
        case _:
            return (
                f"Лицей-интернат «{random.choice(('Горизонт', 'Восхождение', 'Пифагор', 'Импульс'))}» {one.of_it}",
                one,
            )


_GROUPS: Final = (
    "руководители образовательных организаций",
    "муниципальные методические службы",
    "ОО, реализующие программы наставничества",
    "органы управления образованием муниципалитетов",
    "заместители директоров по УВР",
    "педагоги-наставники школ",
    "региональный оператор",
    "ассоциация учителей русского языка",
    "районные методические объединения",
    "социальные партнеры",
)


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A mention with its hints and the key of the entry that it means, None for an entry of no register."""

    text: str
    kind: str | None
    region: NamedNode
    key: str | None

    def asked(self, *, hints: bool) -> Mention:
        kinds = frozenset({self.kind}) if self.kind and hints else frozenset[str]()
        return Mention(text=self.text, kinds=kinds, region=self.region if hints else None)

    def may_be(self, record: RegisterRecord) -> bool:
        """Whether the record is of the region of the mention, and a territory only if the mention is of one."""
        return record.region == self.region and (record.kind == "territory") == (self.kind == "territory")


def make_mentions(register: Register, *, seed: int, right: int = 255, nobody: int = 45) -> list[Spoilt]:
    """So many mentions of entries, a quarter of them of territories, and so many of nobody."""
    random = Random(seed)
    by_place = {one.iri: one for one in register.municipalities}
    territories = [one for one in register.records if one.kind == "territory"]
    bodies = [one for one in register.records if one.kind != "territory"]
    found = []
    for record in random.sample(territories, right // 4) + random.sample(bodies, right - right // 4):
        municipality = by_place.get(record.territory) if record.territory else None
        # «… Республики Коми» is of a region, not one.
        kinds = (read_name(name).kind for name in record.names())
        kind = "territory" if record.kind == "territory" else next((one for one in kinds if one not in _NONE), None)
        assert record.region is not None
        found.append(Spoilt(spoil(random, record, municipality), kind, record.region, record.key))
    for _ in range(nobody):
        text, municipality = _nobody(random, register)
        found.append(Spoilt(text, read_name(text).kind, municipality.region, None))
    return found

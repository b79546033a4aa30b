"""Where a text names a federal subject, a municipality, a school or a hub; names come in the nominative."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from loaders.values.place_names import kind_of_area, nominative_adjective, nominative_city, nominative_kind
from ontology.language import lemma_key, readings
from ontology.language.abbreviations import countrywide
from ontology.reference import Body, Hub, Reference, TerritoryRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HUB: Final = r"\bхаб(?:а|у|е|ом|ы|ов|ам|ами|ах)?\b"
NAME: Final = r"[А-ЯЁ][а-яё]+(?:-[А-Яа-яЁё][а-яё]*)*"
# Cities of two words begin with an adjective: «Нижний Тагил», «Набережные Челны», «Минеральные Воды».
_TWO_WORDS: Final = (
    r"(?:Нижн|Верхн|Велик|Стар|Нов|Набережн|Минеральн|Вышн|Мал|Больш|Горяч|Красн|Западн|Восточн|Северн|Южн|Полярн"
    rf"|Лодейн|Бел|Черн|Дальн|Сладк)(?:ий|ый|ая|ое|ие|ые|ого|его|ой|ей|их|ых|ому|ему|ом|ем)\s+{NAME}"
)
_AREA: Final = re.compile(
    r"(?P<name>(?!(?:Муниципальн|Городск|Сельск|Районн|Национальн|Образовательн|Внутригородск)[а-яё])"
    rf"{NAME})(?P<kind>\s+(?:муниципальн\w+\s+|городск\w+\s+|национальн\w+\s+|административн\w+\s+)?"
    r"(?:район|округ|улус|кожуун)(?:а|у|е|ом)?)(?![а-яё])",
)
_NAMED_AREA: Final = re.compile(
    r"(?P<kind>[Мм]униципальн\w+\s+(?:район|округ|образовани)\w*|[Гг]ородск\w+\s+округ\w*"
    r"|[Сс]ельск\w+\s+поселени\w*|ЗАТО|МО|МР|ГО)\s+"
    rf"(?:г\.\s?|город\w*(?:-\w+)?\s+)?[«\"]?"
    rf"(?P<name>(?:имени\s+)?(?:[Гг]ород\s+)?{NAME}(?:\s+{NAME})?(?:\s+(?:район|округ))?)",
)
_FORMATION: Final = re.compile(
    rf"(?P<name>{NAME})(?P<kind>\s+(?:районн|городск)\w+\s+муниципальн\w+\s+образовани\w+)",
)
_CITY: Final = re.compile(
    r"(?P<prefix>\b[Гг]ород(?:а|у|е|ом)?(?:-(?:курорт|геро|спутник)\w*)?\s+|\bг\.\s?|\bг\s"
    r"|\b(?:рабоч\w+\s+)?пос[её]лк\w+(?:\s+городского\s+типа)?\s+|\bнаукоград\w*\s+|\bстаниц\w+\s+|\bпгт\.?\s*)"
    rf"(?P<name>{_TWO_WORDS}|{NAME}(?:\s+(?:Новгород|Луки|Ола|Чел[ны]+)\w*)?)"
)
# «… Ангарска Иркутской области»: what stands before the name of a subject is a place in it.
_BEFORE_SUBJECT: Final = re.compile(
    rf"(?P<name>(?:{NAME}\s+)?{NAME})\s+(?:{NAME}\s+(?:области|края)|{NAME}\s+Республики|Республики\s+{NAME})"
)
_REVERSED: Final = re.compile(rf"\bрайон(?:а|у|е|ом)?\s+[«\"]?(?P<name>{NAME}(?:-{NAME})?)")
_OF_SUBJECT: Final = r"\s+(?:\w+\s+){0,3}?(?:институт|академи|университет|центр|министерств|департамент)"
_ADMINISTRATION: Final = re.compile(r"администраци\w+\s*$|департамент\w*\s*$|методическ\w+ служб\w+\s*$", re.IGNORECASE)
_SCHOOL: Final = re.compile(
    r"(?:детск\w+\s+сад|школ|гимнази|лице[йяюе]|прогимнази|техникум|колледж|школа-интернат)\w*\s*[«\"]?\s*(?:[№N]\s*\d|«|\"|с\.|пгт|г\.|п\.|д\.|имени|им\.)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Municipality:
    """Its name in the nominative; `record` is None where the reference data do not know it."""

    name: str
    record: TerritoryRecord | None


class PlaceFinder:
    """Finds what the reference data know, and municipalities that they do not know."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.subjects = [row for row in reference.territories.values() if row.kind == "federal-subject"]
        self.municipalities = [row for row in reference.territories.values() if row.kind == "municipality"]
        self.by_lemmas: dict[str, TerritoryRecord] = {}
        for row in self.municipalities:
            for name, _how in row.names():
                self.by_lemmas.setdefault(_name_key(name), row)

    def subject(self, texts: Iterable[str]) -> TerritoryRecord | None:
        """The first federal subject named in the first text that names one; the longest name at one place wins."""
        for text in texts:
            found = next(iter(self.subjects_in(text)), None)
            if found is not None:
                return found
        return None

    def subject_of_body(self, text: str) -> TerritoryRecord | None:
        """The subject of which a body is one by its adjective: «Белгородский институт развития образования»."""
        for row in self.subjects:
            word, _, kind = row.label_ru.partition(" ")
            if kind not in {"область", "край"}:
                continue
            if re.search(rf"(?<!\w){re.escape(word[:-2])}(?:ий|ый|ого|ому|им|ом){_OF_SUBJECT}", text):
                return row
        return None

    def subjects_in(self, text: str) -> Iterator[TerritoryRecord]:
        """The federal subjects that a text names, each once, in its order; abbreviations come last."""
        words = lemma_key(text).split()
        hits: list[tuple[int, int, TerritoryRecord]] = []
        for row in self.subjects:
            for name, _how in row.names():
                if re.fullmatch(r"[А-ЯЁ]{2,}(?:[-(][А-Яа-яё)]+)?", name):
                    # Two letters are too few to tell a subject: «ПК», «РТ».
                    if len(name) > 2 and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                        hits.append((len(words), -1, row))
                    continue
                key = lemma_key(name).split()
                hits += [
                    (start, -len(key), row)
                    for start in range(len(words) - len(key) + 1)
                    if words[start : start + len(key)] == key and words[start + len(key) :][:1] != ["район"]
                ]
        seen = set()
        for _start, _length, row in sorted(hits, key=lambda hit: hit[:2]):
            if row.key not in seen:
                seen.add(row.key)
                yield row

    def municipality(self, text: str, *, anywhere: bool) -> Municipality | None:
        """
        The municipality that `text` names, in the nominative.

        With `anywhere` a city counts wherever it stands; else only after «администрация» and the like.
        """
        masked = self._without_subjects(text)
        for pattern in (_AREA, _FORMATION, _NAMED_AREA, _CITY):
            for match in pattern.finditer(masked):
                if pattern is _CITY and not anywhere and not _ADMINISTRATION.search(masked[: match.start()]):
                    continue
                found = self._named(match, pattern)
                if found is not None:
                    return found
        if anywhere:
            return self._reversed(masked) or self._before_subject(text) or self._known_city(masked)
        return None

    def _reversed(self, text: str) -> Municipality | None:
        """«района Хамовники»: a name that stays in the nominative after its kind."""
        match = _REVERSED.search(text)
        if match is None or not any(
            item.case == "nomn" and item.part == "NOUN" for item in readings(match["name"])[:2]
        ):
            return None
        return Municipality(f"район {match['name']}", None)

    def _before_subject(self, text: str) -> Municipality | None:
        for match in _BEFORE_SUBJECT.finditer(text):
            first, _, last = match["name"].rpartition(" ")
            if not any("Geox" in item.grammemes and item.part == "NOUN" for item in readings(last)[:2]):
                continue
            adjective = bool(first) and readings(first)[0].part == "ADJF" and match.start() > 0
            return self._city(f"{first} {last}" if adjective else last)
        return None

    def _named(self, match: re.Match[str], pattern: re.Pattern[str]) -> Municipality | None:
        printed = match.group()
        known = self.by_lemmas.get(_name_key(printed)) or self.by_lemmas.get(_name_key(match["name"]))
        if known is not None and (pattern is not _AREA or "район" in printed or "округ" in printed):
            return Municipality(known.label_ru, known)
        if pattern is _AREA:
            adjective = nominative_adjective(match["name"])
            if adjective is None:
                return None
            words = [nominative_kind(word) for word in match["kind"].split()]
            return Municipality(" ".join([adjective, *words]), None)
        name = match["name"]
        if pattern is _FORMATION:
            adjective = nominative_adjective(name)
            kind = "районное" if "районн" in match["kind"] else "городское"
            return Municipality(f"{adjective[:-2]}ое {kind} муниципальное образование", None) if adjective else None
        if pattern is _CITY:
            return self._city(name)
        kind = kind_of_area(match["kind"])
        inner = re.fullmatch(rf"(?P<adjective>{NAME})\s+(?P<noun>район|округ)", name)
        if inner is not None:
            return Municipality(f"{kind} «{name}»", None)
        named = name if name.startswith("имени ") else nominative_city(name)
        return Municipality(f"{kind} {named}".strip(), None)

    def _city(self, name: str) -> Municipality | None:
        nominative = nominative_city(name)
        known = self.by_lemmas.get(_name_key(nominative))
        if known is not None:
            return Municipality(known.label_ru, known)
        if self._is_subject(nominative):
            return None
        return Municipality(f"город {nominative}", None)

    def _known_city(self, text: str) -> Municipality | None:
        """A city of the reference data without «г.»: «методической службы Томска»."""
        words = lemma_key(text).split()
        places = {
            item.lemma for word in re.findall(NAME, text) for item in readings(word)[:2] if "Geox" in item.grammemes
        }
        for key, row in self.by_lemmas.items():
            length = len(key.split())
            city = row.label_ru.startswith("Город ") and key == lemma_key(row.label_ru.removeprefix("Город "))
            stands = any(words[start : start + length] == key.split() for start in range(len(words)))
            if city and stands and (length > 1 or key in places):
                return Municipality(row.label_ru, row)
        return None

    def _is_subject(self, name: str) -> bool:
        return any(lemma_key(name) == lemma_key(other) for row in self.subjects for other, _how in row.names())

    def _without_subjects(self, text: str) -> str:
        """`text` with federal subjects and federal districts struck out, so that none is taken for a municipality."""
        text = re.sub(rf"{NAME}(?:\s+{NAME})?\s+(?:автономн|федеральн)\w+\s+(?:округ|област)\w*", " ", text)
        text = re.sub(rf"{NAME}\s+(?:кра[йяюе]м?|област\w+)(?![а-яё])", " ", text)
        # «Удмуртской Республики», but not the name of a city before «Республики Коми».
        text = re.sub(rf"{NAME}(?<=[аоу][йяю])\s+[Рр]еспублик\w+(?![а-яё])", " ", text)
        text = re.sub(rf"\b[Рр]еспублик\w+\s+{NAME}(?:\s+Осети\w+)?", " ", text)
        return re.sub(
            r"(?:\bг\.\s?|\bгород\w*\s+)?(?:Москв(?:а|ы|е|у|ой)|Санкт-Петербург\w*|Севастопол\w+)\b", " ", text
        )

    def school(self, texts: Iterable[str]) -> Municipality | None:
        """The school whose plan it is, as the municipality it lies in if the reference data knows the school."""
        forms = {
            item.short for item in countrywide().values() if item.kind == "legal-form" and _is_of_schools(item.short)
        }
        for text in texts:
            for row in self.reference.bodies.values():
                if isinstance(row, Body) and row.kind == "school" and lemma_key(row.label_ru) in lemma_key(text):
                    return Municipality(row.label_ru, self.reference.territories[row.territory])
            words = set(re.findall(r"[А-ЯЁ]{2,}", text))
            if words & forms or (_SCHOOL.search(text) and not re.search(r"школ\w*\s+с\s", text)):
                return Municipality("", None)
        return None

    def hub(self, text: str) -> Hub | None:
        """The hub of the reference data all of whose words the text has."""
        if not re.search(HUB, text, re.IGNORECASE):
            return None
        words = set(lemma_key(text).split())
        for hub in self.reference.hubs.values():
            if {word for word in lemma_key(hub.label_ru).split() if not word.startswith("хаб")} <= words:
                return hub
        return None


def _is_of_schools(form: str) -> bool:
    """МБОУ, МАДОУ, ГБПОУ: forms of schools, kindergartens, colleges; МБУ and МАУ are of anything."""
    return form.endswith(("ОУ", "ОО")) and form not in {"ФГБОУ", "ФГАОУ", "ФГКОУ"} and len(form) > 3


def _name_key(name: str) -> str:
    return lemma_key(re.sub(r"\bг\.", "город", name))

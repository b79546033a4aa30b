"""What the name of an organisation or a territory says: legal form, kind, numbers, patron, place, and its own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from graph.matching.gazetteer import division
from graph.matching.shorts import CLIPPED
from graph.matching.wording import worded
from ontology.language import is_word, lemma, normalise
from ontology.language.abbreviations import countrywide

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ontology.language.abbreviations import Abbreviation

# Kinds of entities by the words of their names; the first that fits decides.
KINDS: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    "kindergarten": (frozenset({"детский", "сад"}), frozenset({"ясли"}), frozenset({"црр"})),
    "training": (
        frozenset({"развитие", "образование", "институт"}),
        frozenset({"повышение", "квалификация"}),
        frozenset({"методический"}),
        frozenset({"непрерывный", "мастерство"}),
        frozenset({"иро"}),
        frozenset({"ипкро"}),
        frozenset({"имц"}),
        frozenset({"ммц"}),
        frozenset({"рмк"}),
        frozenset({"цнппм"}),
        frozenset({"цнппмпр"}),
    ),
    "extra": (
        frozenset({"творчество"}),
        frozenset({"детский", "школа", "искусство"}),
        frozenset({"спортивный", "школа"}),
        frozenset({"юный"}),
        frozenset({"дополнительный", "образование", "ребенок"}),
        frozenset({"внешкольный"}),
    ),
    "vocational": (frozenset({"колледж"}), frozenset({"техникум"}), frozenset({"училище"})),
    "university": (frozenset({"университет"}), frozenset({"академия"})),
    "school": (
        frozenset({"школа"}),
        frozenset({"гимназия"}),
        frozenset({"лицей"}),
        frozenset({"интернат"}),
        frozenset({"кадетский"}),
    ),
    "authority": (
        frozenset({"министерство"}),
        frozenset({"департамент"}),
        frozenset({"управление"}),
        frozenset({"комитет"}),
        frozenset({"отдел"}),
        frozenset({"администрация"}),
    ),
    "territory": (
        frozenset({"район"}),
        frozenset({"округ"}),
        frozenset({"поселение"}),
        frozenset({"область"}),
        frozenset({"край"}),
        frozenset({"республика"}),
        frozenset({"муниципальный", "образование"}),
    ),
}
_SIGNS: Final = frozenset(word for kind in KINDS.values() for sign in kind for word in sign)
LEVELS: Final[Mapping[str, str]] = {
    "средний": "средняя",
    "основной": "основная",
    "начальный": "начальная",
    "гимназия": "гимназия",
    "лицей": "лицей",
    "интернат": "интернат",
    "вечерний": "вечерняя",
    "коррекционный": "коррекционная",
}
_FORM_WORDS: Final = frozenset(
    {"муниципальный", "государственный", "бюджетный", "автономный", "казенный", "областной", "краевой"}
    | {"окружной", "республиканский", "федеральный", "региональный", "образовательный", "общеобразовательный"}
    | {"дошкольный", "некоммерческий", "частный", "негосударственный", "профессиональный", "учреждение"}
    | {"организация", "нетиповой", "дополнительный", "высокий", "образование", "предприятие", "бюджет"}
    | {"общественный"}
)
_FORM_ENDS: Final = frozenset({"учреждение", "организация"})
_LEVEL_OF_FORM: Final[Mapping[str, str]] = {
    "муниципальный": "municipal",
    "областной": "regional",
    "краевой": "regional",
    "республиканский": "regional",
    "федеральный": "federal",
    "частный": "private",
    "негосударственный": "private",
    "некоммерческий": "private",
}
_FINANCING: Final[Mapping[str, str]] = {"бюджетный": "budget", "автономный": "autonomous", "казенный": "treasury"}
_SHORT_FORM: Final = re.compile(r"(?P<level>Ф|М|ОГ|КГ|ТОГ|РГ|Г|Ч|Н|А)?(?P<state>Г)?(?P<money>[БАК])?\w*", re.IGNORECASE)
_REGIONAL_FORM: Final = re.compile(r"[А-ЯЁ]{0,4}(?:Г|М|О)[А-ЯЁ]{0,4}(?:БУ|АУ|КУ|ОУ|УЗ|УК)")
_SHORT_LEVELS: Final[Mapping[str, str]] = {"Ф": "federal", "М": "municipal", "Ч": "private", "Н": "private"}
_MONEY: Final[Mapping[str, str]] = {"Б": "budget", "А": "autonomous", "К": "treasury"}
_SMALL: Final = frozenset(
    {"и", "в", "на", "по", "при", "с", "со", "для", "о", "об", "из", "от", "за", "через", "или", "им", "имя"}
    | {"город", "г"}
)
_SETTLEMENT: Final = re.compile(
    # Not the initial of a person.
    r"(?<![а-я]\.)(?<![а-я]\.\s)(?<!им\.\s)(?<!имени\s)\b(?:город[аеу]?|г|село|села|с|пос[её]лок|пос[её]лка|пос|п|пгт|рп|р\.\s?п|деревн[яи]|д|станиц[аы]|ст|аул|хутора?|х|слобод[аы]|сл|зато|мкр|микрорайона?)"
    r"(?:\.\s?|\s)(?P<name>[а-я][а-я-]{2,}(?:\s(?=[а-я-]{3,})(?:затон|яр|городок|поселок|гора|поле|мыс|луг))?)"
)
_WRITTEN_OUT: Final = frozenset({"school-type", "territory", "modifier"})
# Short for one kind of body only, whereas «ДО» may be a department as well as an adjective.
_BODIES: Final = frozenset({"УО", "РУО", "РОО", "ГорОО", "ИМЦ", "ММЦ", "ЦОКО", "ДДТ", "ЦДТ", "ИРО"})
_PLACE_AFTER: Final = re.compile(
    # Behind an initial stands another: «И. С. Черных».
    r"(?<!\b[А-ЯЁ]\.)\s(?:(?:[гспд]|пос|пгт|ст)\.|(?:г|пгт|МО|ГО|МР)\s|город\w*|сел[оа]\s|пос[её]л\w+|район\w*|муниципальн\w+|городск\w+)"
    # «имени Ломоносова Ольховская СОШ».
    r"|\s[А-ЯЁ][\w-]*(?:ая|ий)\s(?=(?:[сон]?ош|сш|средн\w+|основн\w+|школ\w+|гимнази\w+|лице\w+)\b)"
    # The adjective before «района».
    r"|\s[А-ЯЁ][\w-]*(?:ого|его)\s(?=(?:муниципальн\w+\s|городск\w+\s)?(?:район|округ|улус|кожуун))",
    re.IGNORECASE,
)
_PATRON: Final = re.compile(r"\b(?:им\b\.?|имени)\s*(?P<words>[а-яё.\s-]+)", re.IGNORECASE)
RANKS: Final = frozenset(
    [
        "герой",
        "советский",
        "союз",
        "российский",
        "россия",
        "федерация",
        "социалистический",
        "труд",
        "полный",
        "кавалер",
        "орден",
        "слава",
        "маршал",
        "генерал",
        "майор",
        "полковник",
        "лейтенант",
        "летчик",
        "космонавт",
        "академик",
        "поэт",
        "писатель",
        "заслуженный",
        "учитель",
        "народный",
    ]
)
_NUMBER: Final = re.compile(r"(?P<number>\d{1,4})(?:-?[а-я]{1,2}\b)?")
_WORDS: Final = re.compile(r"[^\W\d_]+")
_WITH_HYPHENS: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CAPITALS: Final = re.compile(r"\b[А-ЯЁ][А-ЯЁа-яё]*[А-ЯЁ]\b")
_YEARS: Final = range(1900, 2100)
_LATIN_NUMBER: Final = re.compile(r"(?:\bno\b\.?|\bn\b\.?)\s*(?=\d)")
# Forms of one word that the dictionary keeps apart: «основная школа», «основной школы».
_OTHER_FORMS: Final = {"основный": "основной"}
_OF_ADJECTIVES: Final = ("кая", "кой", "кую", "ского", "скому", "ском", "цкого", "цкому", "цком")
# «МБУ ДО», «ОГБУ ДПО», «ФГБОУ ВО».
_GO_WITH_FORM: Final = frozenset({"ДО", "ДОД", "ДПО", "ВО", "СПО"})
_CUT: Final = re.compile(r"(?<![\w.])(?P<word>[А-ЯЁа-яё][а-яё]{1,9})\.(?=\s?-?[А-ЯЁа-яё])")
# «Н. Тура», «Ст. Русса», «М-Курган»; not what stands short for a kind of place.
_SHORTENED: Final = re.compile(
    r"(?<!\w)(?<![А-ЯЁ]\.)(?<![А-ЯЁ]\.\s)(?:(?P<short>[А-ЯЁ][а-яё]{0,3})\.\s?-?|(?P<letter>[А-ЯЁ])-)(?P<word>[А-ЯЁ][а-яё]+)"
)
_KINDS_SHORT: Final = frozenset({"г", "гор", "п", "пос", "пгт", "рп", "с", "сл", "д", "дер", "х", "хут", "ул"})


# Where all is in capitals a word of more letters is no abbreviation.
_LONGEST_SHORT: Final = 10
_LONGEST_SHOUTED: Final = 7


@dataclass(frozen=True, slots=True)
class Name:
    """
    A name taken apart; all texts in normal spelling, words in dictionary form.

    `words` are its own words without the legal form, `known` these with the number and the place, one string that can
    be compared letter by letter; `acronyms` are its words of capitals that no list of abbreviations knows; `honoured`
    are the words after «имени», with ranks and first names, of which `patron` is the surname; `printed` are the words
    as they stand in the text, each in the place of its dictionary form, which of a misspelt word is guessed; `cut` are
    those of them that a point cuts short, `shortened` words of places behind the first letters of another: «Н. Тура».
    """

    text: str
    known: str
    words: tuple[str, ...]
    numbers: frozenset[int]
    kind: str | None
    levels: frozenset[str]
    owner: str | None
    financing: str | None
    settlement: str | None
    patron: str | None
    division: str | None
    acronyms: frozenset[str]
    honoured: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    cut: frozenset[str] = frozenset()
    shortened: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=8192)
def read_name(text: str) -> Name:
    """The name taken apart; any text has a reading, also an empty one."""
    text = worded(text)
    plain = normalise(text).replace('"', " ").replace("'", " ")
    if "n" in plain:
        plain = _LATIN_NUMBER.sub("№ ", plain)
    spelt, owner, financing = _spelt_out(text)
    numbers = frozenset(int(found["number"]) for found in _NUMBER.finditer(plain) if int(found["number"]) not in _YEARS)
    honoured = _honoured(text) if "им" in plain else ()
    settlement = _settlement(plain)
    lemmas = [_lemma(word) for word in spelt]
    words, owner, financing = _without_form(lemmas, owner, financing)
    printed = spelt[len(lemmas) - len(words) :]
    kind = _kind(_SIGNS.intersection(lemmas))
    pairs = [(word, form) for word, form in zip(words, printed, strict=True) if word not in _SMALL and len(form) > 1]
    kept = tuple(word for word, _ in pairs)
    known = " ".join((*kept, *map(str, sorted(numbers))))
    if kind is None and kept == (settlement,):
        # «г. Томск».
        kind = "territory"
    return Name(
        text=plain,
        known=known,
        words=kept,
        numbers=numbers,
        kind=kind,
        levels=frozenset(LEVELS[word] for word in lemmas if word in LEVELS) if kind == "school" else frozenset(),
        owner=owner,
        financing=financing,
        settlement=settlement,
        patron=surname(honoured),
        division=division(lemmas),
        acronyms=frozenset(_acronyms(text)),
        honoured=honoured,
        printed=tuple(form for _, form in pairs),
        cut=frozenset(normalise(found["word"]) for found in _CUT.finditer(text)) if "." in text else frozenset(),
        shortened=tuple(_shortened(text, honoured)) if "." in text or "-" in text else (),
    )


@lru_cache(maxsize=65_536)
def _lemma(word: str) -> str:
    """The dictionary form, of a misspelt adjective such a one too: «Ряжкая» is guessed to be no adjective."""
    found = _OTHER_FORMS.get(lemma(word), lemma(word))
    end = next((one for one in _OF_ADJECTIVES if word.endswith(one)), None)
    if found.endswith(("ий", "ый", "ой")) or end is None or is_word(word):
        return found
    return f"{word[: len(word) - len(end)]}{end[: end.index('к') + 1]}ий"


def _shortened(text: str, honoured: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for found in _SHORTENED.finditer(text):
        word, short = lemma(found["word"]), normalise(found["short"] or found["letter"])
        of_kind = short in _KINDS_SHORT and (len(short) > 1 or not found.start())
        if word not in honoured and short not in CLIPPED and not of_kind:
            yield short, word


def acronym_of(name: Name) -> str:
    """First letters of the words of a name, as people shorten it; empty for names of one word."""
    return "".join(word[0] for word in name.words) if len(name.words) > 2 else ""


def _spelt_out(text: str) -> tuple[list[str], str | None, str | None]:
    """The words of the name with abbreviations written out, and what a short legal form says of owner and financing."""
    owner = financing = None
    after_form = False
    words: list[str] = []
    for word in _WITH_HYPHENS.findall(text):
        meant = _meant_by(word)
        behind_form, after_form = after_form, meant is None
        if behind_form and word.upper() in _GO_WITH_FORM:
            continue
        if meant is None:
            shape = _SHORT_FORM.match(word.upper())
            assert shape is not None
            level = shape["level"] or ""
            owner = _SHORT_LEVELS.get(level, "regional" if level.endswith("Г") else owner)
            financing = _MONEY.get(shape["money"] or "", financing)
            if "ДОУ" in word.upper():
                words += ["детский", "сад"]
        elif words or not _is_form(word):
            words += meant
        else:
            after_form = True
    return words, owner, financing


def _known(word: str) -> Abbreviation | None:
    shorts = countrywide()
    return shorts.get(word) or shorts.get(word.upper() if len(word) <= 6 and word.lower() not in _SMALL else word)


@lru_cache(maxsize=65_536)
def _meant_by(word: str) -> tuple[str, ...] | None:
    """The words that one word of a name stands for, itself as a rule; None for a short legal form."""
    known = _known(word)
    if known is not None and known.kind == "legal-form":
        return None
    if known is not None and known.meaning and (known.kind in _WRITTEN_OUT or known.short in _BODIES):
        return tuple(_WORDS.findall(normalise(known.meaning)))
    normal = normalise(word)
    parts = [normal] if normal in CLIPPED else _WORDS.findall(normal)
    return tuple(word for part in parts for word in CLIPPED.get(part, part).split())


@lru_cache(maxsize=4096)
def _is_form(word: str) -> bool:
    """Whether capitals are a legal form that no list has: «КОГПОБУ» of one region, «МАУО» with letters exchanged."""
    if not word.isupper() or len(word) < 4 or _known(word) is not None:
        return False
    forms = (short for short, one in countrywide().items() if one.kind == "legal-form" and len(short) >= 4)
    return bool(_REGIONAL_FORM.fullmatch(word)) or any(OSA.distance(word, form, score_cutoff=1) <= 1 for form in forms)


def _without_form(
    lemmas: list[str], owner: str | None, financing: str | None
) -> tuple[list[str], str | None, str | None]:
    """The words behind a legal form that is written out at the beginning, and what it says."""
    for word in lemmas[:8]:
        owner = owner or _LEVEL_OF_FORM.get(word)
        financing = financing or _FINANCING.get(word)
    end = next((at for at, word in enumerate(lemmas[:12]) if _is_meant(word, _FORM_ENDS)), None)
    if end is None or not all(word in _SMALL or _is_meant(word, _FORM_WORDS) for word in lemmas[:end]):
        return lemmas, owner, financing
    rest = lemmas[end + 1 :]
    # «… учреждение дополнительного профессионального образования …»: goes on with the form.
    while (
        rest and rest[0] in {"дополнительный", "профессиональный", "высокий", "средний"} and "образование" in rest[:4]
    ):
        if rest[0] == "средний" and "школа" in rest[:4]:
            break
        rest = rest[rest.index("образование") + 1 :]
    return rest or lemmas, owner, financing


@lru_cache(maxsize=65_536)
def _is_meant(word: str, words: frozenset[str]) -> bool:
    """Whether it is one of the words, perhaps misspelt."""
    return word in words or (
        len(word) > 6 and process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=82) is not None
    )


@lru_cache(maxsize=4096)
def _kind(words: frozenset[str]) -> str | None:
    return next((kind for kind, signs in KINDS.items() if any(sign <= words for sign in signs)), None)


def _settlement(plain: str) -> str | None:
    found = _SETTLEMENT.search(plain)
    return lemma(found["name"].split()[0]) if found else None


def surname(honoured: tuple[str, ...], *, places: Collection[str] = ()) -> str | None:
    """The surname among the words after «имени»: the last of the first three that are no rank and no place."""
    names = [word for word in honoured if word not in RANKS and word not in places]
    return names[min(len(names), 3) - 1] if names else None


def _honoured(text: str) -> tuple[str, ...]:
    """The words after «имени» up to the end of the quotation or the place that follows, initials left out."""
    found = _PATRON.search(text)
    if found is None:
        return ()
    words = normalise(_PLACE_AFTER.split(found["words"])[0])
    return tuple(lemma(word) for word in _WORDS.findall(words) if len(word) > 2)


def _acronyms(text: str) -> Iterator[str]:
    shorts = countrywide()
    most = _LONGEST_SHOUTED if text.isupper() and " " in text else _LONGEST_SHORT
    for word in _CAPITALS.findall(text):
        if (
            sum(letter.isupper() for letter in word) >= 3
            and word not in shorts
            and len(word) <= most
            and not is_word(word)
        ):
            yield normalise(word)

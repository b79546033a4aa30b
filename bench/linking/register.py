"""
A made-up register of the size of the country: its municipalities are real, its schools and offices are invented.

The names follow those of real certificates of accreditation: owner and legal form written out or short, capitals now
and then, the place as an adjective, as «г. Томска», or not at all, persons after «имени», numbers.  The same seed
gives the same register.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from pyoxigraph import NamedNode

from ontology.identifiers import Identifier
from ontology.language import slug
from ontology.registers import RegisterRecord

BASE: Final = "https://example.org/registry/"
SEED: Final = 20261122
# Villages with the adjective that schools are called by.
VILLAGES: Final = tuple(
    (village, adjective)
    for village, _, adjective in (
        pair.strip().partition("/")
        for pair in [
            "\n        Ивановка/Ивановская",
            " Михайловка/Михайловская",
            " Покровское/Покровская",
            " Никольское/Никольская",
            "\n        Березовка/Березовская",
            " Сосновка/Сосновская",
            " Красный Яр/Красноярская",
            " Новое Село/Новосельская",
            "\n        Каменка/Каменская",
            " Ольховка/Ольховская",
            " Петровское/Петровская",
            " Знаменка/Знаменская",
            " Успенское/Успенская",
            "\n        Верхняя Тойма/Верхнетоемская",
            " Старая Рачейка/Старорачейская",
            " Большие Ключи/Большеключинская",
            "\n        Малые Дербеты/Малодербетовская",
            " Заречное/Зареченская",
            " Озерки/Озерская",
            " Черемшанка/Черемшанская",
            "\n        Лесная Поляна/Леснополянская",
            " Богородское/Богородская",
            " Троицкое/Троицкая",
            " Дубровка/Дубровская",
            "\n        Калиновка/Калиновская",
            " Кировское/Кировская",
            " Ленинское/Ленинская",
            " Первомайское/Первомайская",
            "\n        Октябрьское/Октябрьская",
            " Советское/Советская",
            " Благодатное/Благодатная",
            " Семеновка/Семеновская",
            "\n        Андреевка/Андреевская",
            " Алексеевка/Алексеевская",
            " Сергеевка/Сергеевская",
            " Павловка/Павловская",
            "\n        Тамбовка/Тамбовская",
            " Мельниково/Мельниковская",
            " Моряковский Затон/Моряковская",
            " Усть-Кут/Усть-Кутская",
            "\n        Ключи/Ключевская",
            " Рыбное/Рыбновская",
            " Подгорное/Подгорновская",
            " Вороново/Вороновская",
            " Гусево/Гусевская",
            "\n        Осиновка/Осиновская",
            " Чистополье/Чистопольская",
            " Прудки/Прудковская",
            " Родники/Родниковская",
            " Хвалынка/Хвалынская\n        ",
        ]
    )
)
PATRONS: Final = (
    "А.С. Пушкина",
    "Героя Советского Союза И.С. Черных",
    "Ю.А. Гагарина",
    "Петра Ивановича Сидоренко",
    "К.Д. Ушинского",
    "Героя Российской Федерации А.В. Маргелова",
    "М.В. Ломоносова",
    "С.А. Есенина",
    "Н.А. Некрасова",
    "В.Г. Белинского",
    "полного кавалера ордена Славы Н.Ф. Рукавишникова",
    "А.П. Чехова",
    "Зои Космодемьянской",
    "маршала Г.К. Жукова",
)
GARDENS: Final = (
    "Солнышко",
    "Ромашка",
    "Теремок",
    "Сказка",
    "Березка",
    "Ручеек",
    "Колокольчик",
    "Улыбка",
    "Радуга",
    "Аленушка",
)


@dataclass(slots=True)
class Municipality:
    """A municipality as the dictionary of municipalities has it, with its region."""

    iri: NamedNode
    region: NamedNode
    region_name: str
    name: str
    short: str
    kind: str
    centre: str
    villages: list[tuple[str, str]] = field(default_factory=list)

    @property
    def of_it(self) -> str:
        """The name in the genitive, as bodies of it are called: «Асиновского района»."""
        if self.kind == "городской округ":
            return f"города {self.centre}" if self.centre else self.name
        stem = self.short.removesuffix("ий").removesuffix("ый")
        if stem == self.short:
            return f"муниципального образования «{self.short}»"
        return f"{stem}ого {'муниципального округа' if self.kind == 'муниципальный округ' else 'района'}"


@dataclass(slots=True)
class Register:
    """The records, the names of the territories, and the municipalities they were made from."""

    records: list[RegisterRecord]
    places: dict[NamedNode, str]
    municipalities: list[Municipality]


def make_register(dictionary: Path, *, seed: int = SEED) -> Register:
    """The register over the municipalities of the dictionary that hold today."""
    random = Random(seed)
    municipalities = list(_municipalities(dictionary))
    places = {one.iri: one.name for one in municipalities} | {one.region: one.region_name for one in municipalities}
    records = [
        RegisterRecord(
            iri=one.iri,
            register="oktmo",
            key=one.iri.value.rpartition("/")[2],
            kind="territory",
            name=one.name,
            short_names=(one.short,),
            kind_text=one.kind,
            territory=one.iri,
            region=one.region,
        )
        for one in municipalities
    ]
    for region in dict.fromkeys(one.region for one in municipalities):
        records += _of_region(random, region, places[region], len(records))
    for one in municipalities:
        one.villages = random.sample(VILLAGES, 6)
        records += _of_municipality(random, one, len(records))
    return Register(records, places, municipalities)


def _municipalities(dictionary: Path) -> Iterator[Municipality]:
    with dictionary.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["valid_to"]:
                yield Municipality(
                    NamedNode(f"{BASE}oktmo/{row['oktmo8']}"),
                    NamedNode(f"{BASE}region/{row['region_code']}"),
                    row["region_name"],
                    row["municipal_district_name"],
                    row["municipal_district_name_short"],
                    row["municipal_district_type"],
                    row["municipal_district_center"].partition(" ")[2],
                )


def _of_region(random: Random, region: NamedNode, name: str, first: int) -> Iterator[RegisterRecord]:
    genitive = _genitive(name)
    initials = "".join(word[0] for word in name.split() if word[0].isupper() or word in {"область", "край"}).upper()
    for number, (full, short) in enumerate(
        (
            (f"Министерство образования и науки {genitive}", f"Минобрнауки {genitive}"),
            (
                (
                    f"Государственное автономное учреждение дополнительного профессионального образования {genitive} "
                    f"«Институт развития образования»"
                ),
                f"ГАУ ДПО {initials} ИРО",
            ),
            (
                (
                    f"Государственное бюджетное учреждение дополнительного образования «Региональный центр выявления и "
                    f"поддержки одаренных детей {genitive}»"
                ),
                f"ГБУ ДО РЦ {initials}",
            ),
            (
                f"Государственное бюджетное учреждение {genitive} «Центр оценки качества образования»",
                f"ГБУ {initials} ЦОКО",
            ),
            *(
                (
                    f"Государственное бюджетное профессиональное образовательное учреждение {genitive} «{title}»",
                    f"ГБПОУ «{title}»",
                )
                for title in random.sample(
                    (
                        "Педагогический колледж",
                        "Индустриальный техникум",
                        "Аграрный колледж",
                        "Медицинский колледж",
                        "Политехнический техникум",
                        "Колледж культуры и искусств",
                        "Технологический колледж",
                    ),
                    4,
                )
            ),
        ),
        first,
    ):
        yield _organisation(random, number, full, short, region, region, f"{name}")


def _of_municipality(random: Random, one: Municipality, first: int) -> Iterator[RegisterRecord]:
    number = first
    town = one.centre or one.villages[0][0]
    for full, short, place in _bodies(random, one, town):
        yield _organisation(random, number, full, short, one.iri, one.region, f"{one.region_name}, {one.name}, {place}")
        number += 1


def _bodies(random: Random, one: Municipality, town: str) -> Iterator[tuple[str, str, str]]:
    urban = one.kind in {"городской округ", "внутригородская территория"}
    yield (
        f"Управление образования администрации {one.of_it}",
        f"УО администрации {one.of_it}",
        town,
    )
    form, short_form = random.choice((("автономное", "МАУ"), ("казенное", "МКУ"), ("бюджетное", "МБУ")))
    yield f"Муниципальное {form} учреждение «Информационно-методический центр» {one.of_it}", f"{short_form} «ИМЦ»", town
    for number in range(1, random.randint(5, 8) if urban else 4):
        yield _numbered_school(random, number, town)
    for village, adjective in one.villages[: 2 if urban else 5]:
        yield _village_school(random, village, adjective, one)
    for number in range(1, 6 if urban else 4):
        title = random.choice(GARDENS)
        yield (
            f"Муниципальное бюджетное дошкольное образовательное учреждение детский сад № {number} «{title}» г. {town}",
            f"МБДОУ ДС № {number} «{title}»",
            town,
        )
    yield (
        f"Муниципальное бюджетное учреждение дополнительного образования «Дом детского творчества» {one.of_it}",
        "МБУ ДО ДДТ",
        town,
    )


def _numbered_school(random: Random, number: int, town: str) -> tuple[str, str, str]:
    form, short = random.choice(
        (("бюджетное", "МБОУ"), ("автономное", "МАОУ"), ("казенное", "МКОУ"), ("бюджетное", "МБОУ"))
    )
    kind, kind_short = random.choice(
        (
            ("средняя общеобразовательная школа", "СОШ"),
            ("средняя общеобразовательная школа", "СОШ"),
            ("средняя школа", "СШ"),
            ("основная общеобразовательная школа", "ООШ"),
            ("гимназия", "гимназия"),
            ("лицей", "лицей"),
        )
    )
    patron = f" имени {random.choice(PATRONS)}" if random.random() < 0.25 else ""
    quoted = random.random() < 0.5
    place = random.choice((f" г. {town}", f" города {town}", "", f" {town}"))
    title = f"{kind} № {number}{patron}"
    full = f"муниципальное {form} общеобразовательное учреждение " + (
        f"«{title[0].upper() + title[1:]}»" if quoted else title
    )
    return full + place, f"{short} {kind_short} № {number}{place}", town


def _village_school(random: Random, village: str, adjective: str, one: Municipality) -> tuple[str, str, str]:
    form, short = random.choice((("бюджетное", "МБОУ"), ("казенное", "МКОУ")))
    kind, kind_short = random.choice(
        (("средняя общеобразовательная школа", "СОШ"), ("основная общеобразовательная школа", "ООШ"))
    )
    place = f"с. {village}"
    match random.randrange(3):
        case 0:
            title, short_title = f"«{adjective} {kind}»", f"«{adjective} {kind_short}»"
        case 1:
            title, short_title = f"{kind} {place}", f"{kind_short} {place}"
        case _:
            patron = random.choice(PATRONS)
            title = f"«{adjective} {kind} имени {patron}»"
            short_title = f"«{adjective} {kind_short} им. {patron.split()[-1]}»"
    tail = f" {one.of_it}" if random.random() < 0.6 else ""
    return f"Муниципальное {form} общеобразовательное учреждение {title}{tail}", f"{short} {short_title}", place


def _organisation(  # noqa: PLR0917  (in the order of the columns of a register)
    random: Random, number: int, full: str, short: str, territory: NamedNode, region: NamedNode, address: str
) -> RegisterRecord:
    key = f"{1020000000000 + number}"
    if random.random() < 0.08:
        full = full.upper()
    return RegisterRecord(
        iri=NamedNode(f"{BASE}org/{key}-{slug(short)[:20]}"),
        register="made-up",
        key=key,
        kind="organisation",
        name=full,
        short_names=(short,),
        identifiers=(Identifier("ogrn", key),),
        territory=territory,
        region=region,
        address=address,
    )


def _genitive(name: str) -> str:
    """«Томской области» of «Томская область»; names of other forms stay as they are."""
    words: Sequence[str] = name.split()
    if len(words) == 2 and words[0].endswith("ая") and words[1] == "область":
        return f"{words[0].removesuffix('ая')}ой области"
    if len(words) == 2 and words[1] == "край":
        return f"{words[0].removesuffix('ий').removesuffix('ый')}ого края"
    if len(words) == 2 and words[0] == "Республика":
        return f"Республики {words[1]}"
    return name

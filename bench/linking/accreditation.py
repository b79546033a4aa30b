"""
A made-up file of the register of accreditation in its published form, as large as the real one.

    python -m bench.linking.accreditation SHARED FILE [CERTIFICATES]

Schools and offices are those of `bench.linking.register`; numbers have right check digits.  Each certificate has its
supplements, programmes and decisions, all elements of the passport; some 6.6 KB, as the real ones.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final
from xml.sax.saxutils import escape

from bench.linking.register import SEED, make_register
from ontology.registers import RegisterRecord

# Of the register as it was on 2026-04-03: certificates not withdrawn.
CERTIFICATES: Final = 43_000
_INN: Final = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_LEVELS: Final = ("Начальное общее образование", "Основное общее образование", "Среднее общее образование")
_STATES: Final = ("Действующее",) * 70 + ("Переоформлено",) + ("Приостановлено",)
_BRANCHES: Final = 0.13


def write_accreditation(dictionary: Path, file: Path, count: int = CERTIFICATES) -> None:
    """Write the file; the same count gives the same bytes."""
    codes = _codes(dictionary)
    with file.open("w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<OpenData>\n<Certificates>\n')
        for number, (record, region) in enumerate(islice(_organisations(dictionary), count)):
            out.write(_certificate(Random(number), number, record, region, codes.get(region, "77")))
        out.write("</Certificates>\n</OpenData>\n")


def _organisations(dictionary: Path) -> Iterator[tuple[RegisterRecord, str]]:
    """Organisations without end, each with the name of its region."""
    seed = SEED
    while True:
        register = make_register(dictionary, seed=seed)
        for record in register.records:
            if record.kind == "organisation" and record.region is not None:
                yield record, register.places[record.region]
        seed += 1


def _codes(dictionary: Path) -> dict[str, str]:
    with dictionary.open(encoding="utf-8", newline="") as file:
        return {row["region_name"]: row["region_code"] for row in csv.DictReader(file)}


def _certificate(random: Random, number: int, record: RegisterRecord, region: str, code: str) -> str:
    card = _guid(f"card {number}")
    numbers = _numbers(number, code)
    name, short = escape(record.name), escape(record.short_names[0])
    address = escape(f"{600000 + number % 90000}, {record.address}, ул. Школьная, д. {number % 200 + 1}")
    state, day = random.choice(_STATES), f"{random.randint(2010, 2025)}-{random.randint(1, 12):02}-15"
    organisation = _card(card, name, short, address, region, numbers, branch=False)
    branches = random.randint(1, 3) if random.random() < _BRANCHES else 0
    parts = [_supplement(random, number, 0, state, day, name, short, address, organisation)]
    for at in range(1, branches + 1):
        title = f"{name}, филиал № {at}"
        own = (numbers[0], numbers[1], f"{numbers[2][:4]}43{at:03}")
        branch = _card(_guid(f"card {number} {at}"), title, "", address, region, own, branch=True)
        parts.append(_supplement(random, number, at, state, day, title, "", address, branch))
    decisions = "".join(
        f"<Decision><Id>{_guid(f'decision {number} {at}')}</Id><DecisionTypeName>О государственной аккредитации"
        f"</DecisionTypeName><OrderDocumentNumber>{random.randint(1, 9999)}</OrderDocumentNumber><OrderDocumentKind>"
        f"Распорядительный документ лицензирующего органа</OrderDocumentKind><DecisionDate>{day}</DecisionDate>"
        "</Decision>\n"
        for at in range(2)
    )
    ogrn, inn, kpp = numbers
    return (
        f"<Certificate>\n<IsFederal>0</IsFederal>\n<Id>{_guid(f'certificate {number}')}</Id>\n"
        f"<StatusName>{state}</StatusName>\n<TypeName>Свидетельство о государственной аккредитации</TypeName>\n"
        f"<RegionName>{region}</RegionName>\n<RegionCode>{code}</RegionCode>\n"
        "<FederalDistrictName></FederalDistrictName>\n<FederalDistrictShortName></FederalDistrictShortName>\n"
        f"<RegNumber>А007-{number:05}-{code}/0114{number:04}</RegNumber>\n<SerialNumber>{code}А01</SerialNumber>\n"
        f"<FormNumber>№ {number:07}</FormNumber>\n<IssueDate>{day}</IssueDate>\n<EndDate></EndDate>\n"
        f"<ControlOrgan>Министерство образования ({region})</ControlOrgan>\n<PostAddress>{address}</PostAddress>\n"
        f"<EduOrgFullName>{name}</EduOrgFullName>\n<EduOrgShortName>{short}</EduOrgShortName>\n"
        f"<EduOrgINN>{inn}</EduOrgINN>\n<EduOrgKPP>{kpp}</EduOrgKPP>\n<EduOrgOGRN>{ogrn}</EduOrgOGRN>\n"
        "<IndividualEntrepreneurLastName></IndividualEntrepreneurLastName>\n"
        f"{organisation}<Supplements>\n{''.join(parts)}</Supplements>\n<Decisions>\n{decisions}</Decisions>\n"
        "</Certificate>\n"
    )


def _supplement(  # noqa: PLR0917  (in the order of the elements)
    random: Random, number: int, at: int, state: str, day: str, name: str, short: str, address: str, card: str
) -> str:
    programmes = "".join(
        f"<EducationalProgram>\n<Id>{_guid(f'programme {number} {at} {level}')}</Id>\n<TypeName></TypeName>\n"
        f"<EduLevelName>{level}</EduLevelName>\n<ProgrammName></ProgrammName>\n<ProgrammCode></ProgrammCode>\n"
        "<UGSName></UGSName>\n<UGSCode></UGSCode>\n<EduNormativePeriod></EduNormativePeriod>\n<Qualification>"
        "</Qualification>\n<IsAccredited>1</IsAccredited>\n<IsCanceled>0</IsCanceled>\n<IsSuspended>0</IsSuspended>\n"
        "</EducationalProgram>\n"
        for level in _LEVELS[: random.randint(1, 3)]
    )
    return (
        f"<Supplement>\n<Id>{number}{at}</Id>\n<StatusName>{state}</StatusName>\n<StatusCode>VALID</StatusCode>\n"
        f"<Number>{at + 1}</Number>\n<SerialNumber></SerialNumber>\n<FormNumber></FormNumber>\n<IssueDate>{day}"
        f"</IssueDate>\n<IsForBranch>{int(at > 0)}</IsForBranch>\n<EduOrgFullName>{name}</EduOrgFullName>\n"
        f"<EduOrgShortName>{short}</EduOrgShortName>\n<EduOrgAddress>{address}</EduOrgAddress>\n"
        f"{card}<EducationalPrograms>\n{programmes}</EducationalPrograms>\n</Supplement>\n"
    )


def _card(  # noqa: PLR0917  (in the order of the elements)
    key: str, name: str, short: str, address: str, region: str, numbers: tuple[str, str, str], *, branch: bool
) -> str:
    ogrn, inn, kpp = numbers
    return (
        f"<ActualEducationOrganization>\n<Id>{key}</Id>\n<FullName>{name}</FullName>\n<ShortName>{short}</ShortName>\n"
        f"<HeadEduOrgId></HeadEduOrgId>\n<IsBranch>{int(branch)}</IsBranch>\n<PostAddress>{address}</PostAddress>\n"
        "<Phone></Phone>\n<Fax></Fax>\n<Email></Email>\n"
        f"<WebSite>https://school-{key[:8]}.example.org</WebSite>\n<OGRN>{ogrn}</OGRN>\n<INN>{inn}</INN>\n"
        f"<KPP>{kpp}</KPP>\n<HeadPost></HeadPost>\n<HeadName></HeadName>\n<FormName></FormName>\n<KindName>Школа"
        "</KindName>\n<TypeName>Общеобразовательное учреждение</TypeName>\n"
        f"<RegionName>{region}</RegionName>\n<FederalDistrictShortName></FederalDistrictShortName>\n"
        "<FederalDistrictName></FederalDistrictName>\n</ActualEducationOrganization>\n"
    )


def _numbers(number: int, code: str) -> tuple[str, str, str]:
    """ОГРН, ИНН and КПП of one made-up organisation."""
    twelve = f"102{code}{number:07}"
    nine = f"{code}{number:07}"
    weighed = sum(weight * int(digit) for weight, digit in zip(_INN, nine, strict=True))
    return f"{twelve}{int(twelve) % 11 % 10}", f"{nine}{weighed % 11 % 10}", f"{code}0101001"


def _guid(seed: str) -> str:
    digits = sha256(seed.encode()).hexdigest()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))


if __name__ == "__main__":
    count = int(sys.argv[3]) if len(sys.argv) > 3 else CERTIFICATES
    write_accreditation(Path(sys.argv[1]) / "registries" / "municipalities.csv", Path(sys.argv[2]), count)

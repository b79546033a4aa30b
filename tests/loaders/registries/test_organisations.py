"""
Registers of organisations.

Accreditation is read from 34 real certificates; extracts of ЕГРЮЛ, licences, addresses and ОКТМО are small samples made
here to the documented structure, because no file of these registers is at hand.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from loaders.registries.registers import REGISTERS, register_of
from loaders.registries.source import RegisterError
from ontology.identifiers import WRONG_PERSONAL
from ontology.iris import Iris

if TYPE_CHECKING:
    from pathlib import Path

    from ontology.registers import RegisterRecord
    from tests.loaders.registries.conftest import Read

CERTIFICATE = """<Certificate><IsFederal>0</IsFederal><Id>c-1</Id><StatusName>{status}</StatusName>
<RegionName>Томская область</RegionName><RegNumber>А007-01260-70/01142162</RegNumber><IssueDate>2015-03-01</IssueDate>
<EduOrgFullName>Школа № 1</EduOrgFullName><EduOrgShortName>МБОУ СОШ № 1</EduOrgShortName>
<EduOrgINN>6907006968</EduOrgINN><EduOrgKPP>690701001</EduOrgKPP><EduOrgOGRN>1027000861568</EduOrgOGRN>
<ActualEducationOrganization><Id>o-1</Id><FullName>Школа № 1</FullName><HeadName>Иванова Мария Петровна</HeadName>
<Phone>8-382-000</Phone></ActualEducationOrganization>
<Supplements><Supplement><StatusName>Действующее</StatusName><ActualEducationOrganization><Id>o-2</Id>
<FullName>Филиал школы № 1</FullName><OGRN>1027000861568</OGRN><KPP>690743001</KPP><IsBranch>1</IsBranch>
</ActualEducationOrganization></Supplement></Supplements></Certificate>"""
EXTRACT = """<?xml version="1.0" encoding="windows-1251"?>
<Файл ИдФайл="VO_RUGFO_1"><Документ><СвЮЛ ОГРН="1027000861568" ДатаОГРН="2002-10-25" ИНН="6907006968" КПП="690701001"
 ПолнНаимОПФ="Муниципальные бюджетные учреждения" КодОПФ="75403">
<СвНаимЮЛ НаимЮЛПолн="МУНИЦИПАЛЬНОЕ БЮДЖЕТНОЕ УЧРЕЖДЕНИЕ «ЦЕНТР»"><СвНаимЮЛСокр НаимСокр="МБУ «ЦЕНТР»"/></СвНаимЮЛ>
<СвАдресЮЛ><СвАдрЮЛФИАС><НаимРегион>Томская область</НаимРегион><МуниципРайон ВидКод="1" Наим="Томский район"/>
<НаселенПункт Вид="с." Наим="Моряковский Затон"/></СвАдрЮЛФИАС></СвАдресЮЛ>
<СведДолжнФЛ><СвФЛ Фамилия="ИВАНОВ" Имя="ИВАН" Отчество="ИВАНОВИЧ" ИННФЛ="500100732259"/></СведДолжнФЛ>
<СвУчредит><УчрРФСубМО><ВидНаимУчр КодУчрРФСубМО="3" НаимМО="ТОМСКИЙ РАЙОН"/>
<СвОргОсущПр><НаимИННЮЛ ОГРН="1027000861568" НаимЮЛПолн="АДМИНИСТРАЦИЯ ТОМСКОГО РАЙОНА"/></СвОргОсущПр></УчрРФСубМО>
<УчрФЛ><СвФЛ Фамилия="ПЕТРОВ" Имя="ПЁТР"/></УчрФЛ></СвУчредит>
<СвПодразд><СвФилиал><СвНаим НаимПолн="ФИЛИАЛ ЦЕНТРА"/><СвУчетНОФилиал КПП="690743001"/></СвФилиал></СвПодразд>
<СвПредш ОГРН="1027000000000" НаимЮЛПолн="ПРЕЖНИЙ ЦЕНТР"/>
</СвЮЛ></Документ></Файл>"""


def by_key(records: list[RegisterRecord]) -> dict[str, RegisterRecord]:
    return {one.key: one for one in records}


def test_the_real_certificates_give_their_organisations_and_branches(read: Read, shared: Path) -> None:
    records, reading = read("accreditation", shared / "registries" / "accreditation" / "sample.jsonl")
    heads = [one for one in records if one.kind == "organisation"]
    assert len(heads) == 34
    assert (len(records), len({one.iri for one in records})) == (61, 61)
    assert reading.warnings == []
    assert [one.name for one in records if one.region is None] == []
    heads_by_iri = {one.iri: one for one in heads}
    for branch in (one for one in records if one.kind == "branch"):
        assert branch.parent is not None
        assert branch.identifier("ogrn") == heads_by_iri[branch.parent].identifier("ogrn")
    # Schools that became branches of another keep on their cards the ОГРН that they had.
    assert sum(one.identifier("former-ogrn") is not None for one in records) == 7
    assert {one.status_text: one.status for one in heads} == {
        "Действующее": "in-force",
        "Переоформлено": "ceased",
        "": "in-force",
    }


def test_the_published_xml_gives_the_same_without_persons(read: Read) -> None:
    text = f"<OpenData><Certificates>{CERTIFICATE.format(status='Действующее')}</Certificates></OpenData>"
    records, _ = read("accreditation", text)
    school, branch = records
    assert (school.name, school.short_names, school.identifier("ogrn")) == (
        "Школа № 1",
        ("МБОУ СОШ № 1",),
        "1027000861568",
    )
    assert school.valid_from == date(2015, 3, 1)
    assert (branch.kind, branch.parent, branch.identifier("kpp")) == ("branch", school.iri, "690743001")
    assert "Иванова" not in repr(records)
    assert "8-382" not in repr(records)
    asked_for, _ = read("accreditation", text, personal=True)
    assert asked_for[0].persons == ("Иванова Мария Петровна",)


@pytest.mark.parametrize(("status", "meaning"), [("Приостановлено", "suspended"), ("Недействующее", "ceased")])
def test_a_certificate_that_does_not_hold_says_so(read: Read, status: str, meaning: str) -> None:
    text = f"<OpenData><Certificates>{CERTIFICATE.format(status=status)}</Certificates></OpenData>"
    (school, branch), _ = read("accreditation", text)
    assert (school.status, school.status_text, branch.status) == (meaning, status, "in-force")


def test_an_individual_entrepreneur_is_left_out(read: Read) -> None:
    text = "<OpenData><Certificate><Id>c</Id><IndividualEntrepreneurLastName>Петров</IndividualEntrepreneurLastName>"
    records, reading = read("accreditation", f"{text}</Certificate></OpenData>")
    assert (records, reading.left_out) == ([], {"person": 1})


def test_an_extract_gives_founders_branches_and_predecessors_but_no_person(read: Read) -> None:
    records, reading = read("egrul", EXTRACT.encode("cp1251"))
    found = by_key(records)
    centre, branch, before = found["1027000861568"], found["1027000861568_690743001"], found["1027000000000"]
    assert centre.name == "МУНИЦИПАЛЬНОЕ БЮДЖЕТНОЕ УЧРЕЖДЕНИЕ «ЦЕНТР»"
    assert centre.short_names == ("МБУ «ЦЕНТР»",)
    assert centre.founders == ("ТОМСКИЙ РАЙОН", "АДМИНИСТРАЦИЯ ТОМСКОГО РАЙОНА")
    assert centre.address == "Томская область, Томский район, с. Моряковский Затон"
    assert centre.region == Iris().thing("territory", "tomsk-obl")
    assert {one.scheme for one in centre.identifiers} == {"ogrn", "inn", "kpp", "okopf"}
    assert (branch.kind, branch.parent, branch.identifier("ogrn")) == ("branch", centre.iri, "1027000861568")
    assert (before.status, before.replaced_by) == ("ceased", (centre.iri,))
    assert reading.left_out == {"person": 2}
    assert not any(word in repr(records) for word in ("ИВАНОВ", "ПЕТРОВ", "500100732259"))
    assert [one.problem for one in reading.warnings] == ["the check digit does not fit"]


def test_persons_of_an_extract_come_only_if_asked_for_and_never_their_numbers(read: Read) -> None:
    records, reading = read("egrul", EXTRACT.encode("cp1251"), personal=True)
    centre = by_key(records)["1027000861568"]
    assert centre.persons == ("ИВАНОВ ИВАН ИВАНОВИЧ", "ПЕТРОВ ПЁТР")
    assert centre.founders == ("ТОМСКИЙ РАЙОН", "АДМИНИСТРАЦИЯ ТОМСКОГО РАЙОНА")
    assert reading.left_out == {}
    assert "500100732259" not in repr(records)


def test_a_liquidated_entity_ends_and_names_its_successor(read: Read) -> None:
    end = '<СвПрекрЮЛ ДатаПрекрЮЛ="2021-04-01"><СпПрекрЮЛ НаимСпПрекрЮЛ="Слияние"/></СвПрекрЮЛ>'
    successor = '<СвПреем ОГРН="1037000087706" НаимЮЛПолн="НОВЫЙ ЦЕНТР"/></СвЮЛ>'
    records, _ = read("egrul", EXTRACT.replace("</СвЮЛ>", end + successor).encode("cp1251"))
    centre = by_key(records)["1027000861568"]
    assert (centre.status, centre.status_text, centre.valid_to) == ("ceased", "Слияние", date(2021, 4, 1))
    assert [iri.value.rpartition("/")[2] for iri in centre.replaced_by] == ["1037000087706"]


def test_licences_name_branches_and_leave_entrepreneurs_out(read: Read) -> None:
    text = """<obrnadzor><license><sysGuid>L-1</sysGuid><schoolGuid>S-1</schoolGuid><statusName>Действует</statusName>
    <schoolName>Детский сад № 5</schoolName><Inn>6907006968</Inn><Ogrn>1027000861568</Ogrn>
    <lawAddress>634000, Томская область, г. Томск</lawAddress><regNum>Л035-01298-77/01118654</regNum>
    <dateLicDoc>14.05.2021</dateLicDoc><supplements><supplement><schoolGuid>S-2</schoolGuid>
    <schoolName>Филиал детского сада № 5</schoolName></supplement></supplements></license>
    <license><schoolName>ИП Петров</schoolName><Ogrn>304701710400052</Ogrn></license></obrnadzor>"""
    records, reading = read("licences", text)
    garden, branch = records
    assert (garden.region, garden.valid_from) == (Iris().thing("territory", "tomsk-obl"), date(2021, 5, 14))
    assert garden.identifier("register-number") == "Л035-01298-77/01118654"
    assert (branch.kind, branch.parent, branch.region) == ("branch", garden.iri, garden.region)
    assert reading.left_out["person"] == 1
    assert "Петров" not in repr(records)


def test_wrong_numbers_of_persons_are_warned_of_without_their_digits(read: Read) -> None:
    text = """<obrnadzor><license><schoolGuid>S-1</schoolGuid><schoolName>Школа</schoolName>
    <Inn>500100732258</Inn><Ogrn>1027000861568</Ogrn></license><license><schoolGuid>S-2</schoolGuid>
    <schoolName>ИП Петров</schoolName><Ogrn>304500116000158</Ogrn></license></obrnadzor>"""
    records, reading = read("licences", text)
    assert [(one.name, [number.scheme for number in one.identifiers]) for one in records] == [("Школа", ["ogrn"])]
    assert [(one.place, one.scheme, one.value, one.problem) for one in reading.warnings] == [
        ("строка 1", "inn", "…", WRONG_PERSONAL),
        ("строка 2", "ogrn", "…", WRONG_PERSONAL),
    ]
    assert reading.left_out == {"personal-number": 2, "person": 1}


def test_addresses_down_to_settlements(read: Read) -> None:
    guid = "889b1f3a-98aa-40fc-9d3d-0f41192758ab"
    text = f"""<ADDRESSOBJECTS>
    <OBJECT OBJECTGUID="{guid}" NAME="Томская" TYPENAME="обл" LEVEL="1" ISACTUAL="1" ISACTIVE="1"
      STARTDATE="1900-01-01" ENDDATE="2079-06-06"/>
    <OBJECT OBJECTGUID="{guid[:-1]}c" NAME="Ленина" TYPENAME="ул" LEVEL="8" ISACTUAL="1" ISACTIVE="1"/>
    <OBJECT OBJECTGUID="{guid[:-1]}d" NAME="Старая" TYPENAME="д" LEVEL="6" ISACTUAL="0" ISACTIVE="0"/>
    </ADDRESSOBJECTS>"""
    (oblast,), reading = read("gar", text)
    assert (oblast.name, oblast.territory) == ("обл Томская", Iris().thing("territory", "tomsk-obl"))
    assert (oblast.valid_to, oblast.identifier("fias")) == (None, guid)
    assert reading.left_out == {"small-address": 1, "inactive": 1}
    everything, _ = read("gar", text, everything=True)
    assert len(everything) == 2


def oktmo_row(code: str, check: str, section: str, name: str, centre: str = "") -> str:
    parts = [code[:2], code[2:5], code[5:8], code[8:], check, section, name, centre, "", "000", "0", "01.06.2013"]
    return ";".join(f'"{part}"' for part in [*parts, "01.01.2014"]) + "\n"


def test_codes_of_the_statistics_service_without_header_in_windows_1251(read: Read) -> None:
    text = (
        oktmo_row("69600000000", "3", "1", "Муниципальные районы Томской области")
        + oktmo_row("69654000000", "0", "1", "Томский муниципальный район", "г Томск")
        + oktmo_row("69654435000", "0", "1", "Моряковское сельское поселение", "с Моряковский Затон")
        + oktmo_row("69654435101", "9", "2", "с Моряковский Затон")
    )
    records, reading = read("oktmo", text.encode("cp1251"))
    district, rural = records
    assert (district.key, district.kind_text) == ("69654000", "муниципальный район")
    assert district.territory == Iris().thing("territory", "tomsky-raion")
    assert district.region == Iris().thing("territory", "tomsk-obl")
    assert district.valid_from == date(2014, 1, 1)
    assert (rural.key, rural.parent, rural.territory) == ("69654435", district.iri, None)
    assert reading.left_out == {"heading": 1, "settlement": 1}
    everything, _ = read("oktmo", text.encode("cp1251"), everything=True)
    assert by_key(everything)["69654435101"].parent == rural.iri


def test_leading_zeros_that_a_spreadsheet_took_come_back(read: Read) -> None:
    row = '5;550;0;0;1;1;"Хорольский муниципальный округ";"с Хороль";;;;;\n'
    (record,), _ = read("oktmo", row)
    assert (record.key, record.territory) == ("05550000", Iris().thing("territory", "khorol-mo"))


MAPPING = """
title: Центры непрерывного повышения профессионального мастерства
key: [ОГРН, Год]
delimiter: ";"
columns: {name: Наименование, ogrn: ОГРН, region: Субъект, status: Состояние, valid_from: С, oktmo: ОКТМО}
ceased: [закрыт]
"""


def test_any_other_register_is_read_by_a_mapping(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cnppm.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    register = register_of("cnppm", path)
    monkeypatch.setitem(REGISTERS, "cnppm", register)
    text = (
        "Наименование;ОГРН;Год;Субъект;Состояние;С;ОКТМО\n"
        "ЦНППМ Томской области;1027000861568;2021;Томская обл.;действует;01.09.2021;69701000\n"
        "ЦНППМ прежний;1027000861569;2020;Приморский край;закрыт;;\n"
        "Петров;304701710400052;2020;;;;\n"
    )
    (centre, closed), reading = read("cnppm", text)
    assert (centre.key, centre.territory) == ("1027000861568_2021", Iris().thing("territory", "tomsk-city"))
    assert (centre.region, centre.valid_from) == (Iris().thing("territory", "tomsk-obl"), date(2021, 9, 1))
    assert (closed.status, closed.identifiers[0].problem) == ("ceased", "the check digit does not fit")
    assert reading.left_out == {"person": 1}


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("title: x\nkey: [a]\ncolumns: {name: a, phone: b}\n", "no «columns.phone»; its words are name, short_name,"),
        ("title: x\nkey: []\ncolumns: {name: a}\n", "«\\[\\]» cannot be «key»"),
        ("title: x\nkey: [a]\ncolumns: {ogrn: a}\n", "says no «columns.name»"),
        ("title: x\nkey: [a]\ncolumns: {name: a}\nkind: person\n", "«person» cannot be «kind»"),
        ("a: &x [1]\nb: *x\n", "no anchors"),
        ("- {", "is no YAML"),
    ],
)
def test_a_broken_mapping_is_told_by_its_place(tmp_path: Path, mapping: str, told: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(mapping, encoding="utf-8")
    with pytest.raises(RegisterError, match=told):
        register_of("other", path)
    with pytest.raises(RegisterError, match="no name for a register"):
        register_of("oktmo", path)
    with pytest.raises(RegisterError, match="no register «Oops»"):
        register_of("Oops")

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from ontology.reference import COUNTRY, Group, Reference, ReferenceDataError, load_reference

TABLES = Path(__file__).resolve().parents[2] / "ontology" / "reference"
DOCUMENTS = {"tomsk-obl-mr", "tomsk-obl-nastav", "tambov-obl-nms", "tomsk-city-model", "khorol-mo-nms"}


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference()


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    for path in TABLES.glob("*.tsv"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_all_federal_subjects(reference: Reference, shared: Path) -> None:
    subjects = {row.oktmo: row for row in reference.territories.values() if row.kind == "federal-subject"}
    assert len(subjects) == 89
    with (shared / "registries" / "regions.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["name"] != "Байконур"]
    for row in rows:
        stem = re.split(r"[ /-]", row["name"])[0]
        assert stem in subjects[row["oktmo"]].label_ru, row
    assert all(row.territory == "ru" for row in subjects.values())


def test_municipalities_have_the_codes_of_the_register(reference: Reference, shared: Path) -> None:
    with (shared / "registries" / "municipalities.csv").open(encoding="utf-8", newline="") as lines:
        names = {row["oktmo8"]: row["municipal_district_name"] for row in csv.DictReader(lines) if not row["valid_to"]}
    municipalities = [row for row in reference.territories.values() if row.kind == "municipality"]
    assert len([row for row in municipalities if row.territory == "tomsk-obl"]) == 20
    for row in municipalities:
        assert row.label_ru.removeprefix("Город ").removeprefix("ЗАТО ")[:4] in names[row.oktmo], row.key


def test_keys_of_the_hand_checked_rows_exist(reference: Reference, shared: Path) -> None:
    with (shared / "gold" / "seed-rows.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    keys = {key.strip() for row in rows for key in row["actors"].split(",") if key.strip()}
    kinds = {"g": "body-group", "p": "post-group", "n": "person-group"}
    for key in keys:
        prefix, _, name = key.rpartition(":")
        if prefix in kinds:
            assert reference.groups[name].kind == kinds[prefix]
        elif prefix == "post":
            assert name in reference.posts
        elif not prefix:
            assert name in reference.bodies


def test_the_two_institutes_are_told_apart_by_territory(reference: Reference) -> None:
    found = {territory: reference.find_actor("ТОИПКРО", territory) for territory in ("tomsk-city", "tambov-obl")}
    assert [match.entity.key for match in found.values() if match] == ["tomsk-obl_toipkro", "tambov-obl_toipkro"]
    assert reference.bodies["tomsk-obl_toipkro"].different_from == ("tambov-obl_toipkro",)
    assert reference.find_actor("ТОИПКРО", "primorsky-krai") is None


def test_two_departments_do_not_meet(reference: Reference) -> None:
    city, oblast = reference.find_actor("ДО", "tomsk-city"), reference.find_actor("ДО ТОО", "tomsk-obl")
    assert city is not None
    assert oblast is not None
    assert (city.entity.key, city.how) == ("tomsk-city_do", "spelling")
    assert (oblast.entity.key, oblast.how) == ("tomsk-obl_doo", "typo")
    assert reference.find_actor("ДО", "tomsk-obl") is None


def test_names_are_found_in_other_grammatical_cases(reference: Reference) -> None:
    match = reference.find_actor("Департамента общего образования Томской области", "tomsk-city")
    assert match is not None
    assert (match.entity.key, match.how, match.territory) == ("tomsk-obl_doo", "other case", "tomsk-obl")


def test_groups_are_found_only_in_their_own_territory(reference: Reference) -> None:
    assert reference.find_actor("МОУО", "tomsk-obl") is not None
    assert reference.find_actor("МОУО", "tomsk-city") is None
    assert not any(
        isinstance(match.entity, Group) and match.territory != "tomsk-city"
        for match in reference.visible_spellings("tomsk-city").values()
    )


def test_extensions_of_groups(reference: Reference) -> None:
    assert reference.extension("tomsk-obl_mouo") == ("tomsk-city_do",)
    assert "khorol-mo_blagodatnoe" in reference.extension("khorol-mo_oo")
    assert reference.extension("tambov-obl_nms-subjects") == ()


def test_who_is_meant_with_the_school_of_blagodatnoe(reference: Reference) -> None:
    acting = {group.key for group in reference.groups.values() if "khorol-mo_oo" in group.acts_for}
    assert {
        "khorol-mo_oo-heads",
        "khorol-mo_oo-teachers",
        "khorol-mo_oo-management-teams",
        "khorol-mo_mentor-teachers",
        "khorol-mo_mentee-teachers",
    } <= acting
    assert "khorol-mo_tutors" not in acting
    assert "khorol-mo_mguo-heads" not in acting


def test_course_heads_do_not_act_for_the_institute(reference: Reference) -> None:
    assert reference.groups["tambov-obl_toipkro-chairs"].acts_for == ("tambov-obl_toipkro",)
    assert reference.groups["tambov-obl_toipkro-course-heads"].acts_for == ()


def test_everything_has_an_english_label_and_known_documents(reference: Reference) -> None:
    for row in [*reference.actors(), *reference.cited(), *reference.territories.values()]:
        assert re.search("[A-Za-z]", row.label_en)
        assert not re.search("[А-Яа-я]", row.label_en)
        assert set(row.documents) <= DOCUMENTS


def test_without_documents_nothing_of_theirs_is_left(reference: Reference) -> None:
    empty = reference.without_documents()
    assert empty.find_actor("ТОИПКРО", "tomsk-obl") is None
    assert empty.find_actor("Минпросвещения России", "tomsk-obl") is not None
    assert not empty.posts
    assert empty.territories == reference.territories


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("bodies.tsv", "tambov-obl_uoin\t", "tomsk-obl_doo\t", r"bodies\.tsv, line \d+: the key tomsk-obl_doo stands"),
        ("groups.tsv", "tomsk-city_oo\t", "tomsk-city_do\t", r"groups\.tsv, line \d+: the key tomsk-city_do stands"),
        ("bodies.tsv", "УОиН | УОиН области", "ТОИПКРО", r"bodies\.tsv, line \d+: «ТОИПКРО» is already tambov-obl_toi"),
        (
            "bodies.tsv",
            "\ttomsk-city\t\tДО |",
            "\ttomsk\t\tДО |",
            r"bodies\.tsv, line \d+: territory names tomsk, which",
        ),
        ("posts.tsv", "\ttambov-obl_cnppm\t", "\ttambov-obl_no\t", r"posts\.tsv, line 2: post_in names tambov-obl_no"),
        ("groups.tsv", "\tbody-group\t", "\tbodies\t", r"groups\.tsv, line 2: the kind 'bodies' is none of"),
        ("groups.tsv", "\ttrue\t", "\tyes\t", r"groups\.tsv, line 2: extension_known is 'yes'"),
        ("territories.tsv", "79000000", "7900000", r"territories\.tsv, line 3: the OKTMO code"),
        ("acts.tsv", "\t2021-05-14\t", "\t14.05.2021\t", r"acts\.tsv, line 2: '14\.05\.2021' is not a date"),
        ("acts.tsv", "\torder-r\t", "\t", r"acts\.tsv, line 2: \d+ cells for \d+ columns"),
        ("acts.tsv", "\tissuer\t", "\tauthor\t", r"acts\.tsv, line 1: columns missing or not known: author, issuer"),
        ("systems.tsv", "ru_dpo-register", "Ru_dpo", r"systems\.tsv, line 2: the key 'Ru_dpo'"),
    ],
)
def test_faulty_tables_are_refused_with_file_and_line(
    tables: Path,
    file: str,
    old: str,
    new: str,
    message: str,
) -> None:
    edit(tables / file, old, new)
    with pytest.raises(ReferenceDataError, match=message):
        load_reference(tables)


def test_a_missing_table_is_named(tables: Path) -> None:
    (tables / "hubs.tsv").unlink()
    with pytest.raises(ReferenceDataError, match=r"hubs\.tsv is missing"):
        load_reference(tables)


def test_an_unknown_municipality_lies_in_its_subject(reference: Reference) -> None:
    assert reference.chain("saint-petersburg-nevskii-raion")[1:] == reference.chain("saint-petersburg")
    assert reference.chain("nowhere-at-all") == ("nowhere-at-all", COUNTRY)

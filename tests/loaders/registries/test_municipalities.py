"""The municipal dictionary: every version, what came instead of it, and the territory it describes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from loaders.registries.source import RegisterError

if TYPE_CHECKING:
    from pathlib import Path

    from ontology.registers import RegisterRecord
    from tests.loaders.registries.conftest import Read

HEADER = (
    "territory_id,oktmo8,check_digit,municipal_district_name,municipal_district_name_short,municipal_district_type,"
    "municipal_district_center,region_code,valid_from,valid_to\n"
)


@pytest.fixture
def versions(read: Read, shared: Path) -> list[RegisterRecord]:
    records, reading = read("municipalities", shared / "registries" / "municipalities.csv")
    assert reading.warned == 0
    return records


def test_all_versions_are_read(versions: list[RegisterRecord]) -> None:
    assert len(versions) == 3101
    assert sum(one.status == "in-force" for one in versions) == 2594
    assert len({one.iri for one in versions}) == 3101


def test_every_version_is_found_by_code_and_date(versions: list[RegisterRecord]) -> None:
    for year in range(2018, 2025):
        held = Counter(one.identifier("oktmo") for one in versions if one.holds_on(date(year, 7, 1)))
        assert {code for code, count in held.items() if count > 1} == set()
    khorol = [one for one in versions if one.territory is not None and one.territory.value.endswith("/khorol-mo")]
    codes = {
        year: [one.identifier("oktmo") for one in khorol if one.holds_on(date(year, 6, 1))] for year in (2019, 2021)
    }
    assert codes == {2019: ["05650000"], 2021: ["05550000"]}


def test_successors_follow_renames_new_boundaries_and_mergers(versions: list[RegisterRecord]) -> None:
    by_key = {one.key: one for one in versions}

    def chain(key: str) -> list[str]:
        found = [key]
        while by_key[found[-1]].replaced_by:
            (following,) = by_key[found[-1]].replaced_by
            found.append(following.value.rpartition("/")[2])
        return found

    assert chain("05650000_2018") == ["05650000_2018", "05550000_2021"]
    # New boundaries in 2023, another kind and code in 2024.
    assert chain("68640000_2018") == ["68640000_2018", "68640000_2023", "68540000_2024"]
    # The town and the district around it became one.
    assert chain("15750000_2018")[-1] == chain("15650000_2018")[-1] == "15501000_2021"
    present = by_key["68640000_2018"].present
    assert present == by_key["68540000_2024"].iri
    assert by_key["15750000_2018"].territory != by_key["15650000_2018"].territory


def test_tambov_oblast_of_2024_has_thirty_municipalities(versions: list[RegisterRecord]) -> None:
    tambov = [one for one in versions if one.region is not None and one.region.value.endswith("/tambov-obl")]
    kinds = {year: Counter(one.kind_text for one in tambov if one.holds_on(date(year, 6, 1))) for year in (2021, 2024)}
    assert kinds[2021] == {"городской округ": 7, "муниципальный район": 23}
    assert kinds[2024] == {"городской округ": 7, "муниципальный округ": 23}


def test_territories_of_the_reference_data_are_not_made_again(versions: list[RegisterRecord]) -> None:
    tomsk = {
        one.territory.value.rpartition("/")[2]
        for one in versions
        if one.territory is not None and one.region is not None and one.region.value.endswith("/tomsk-obl")
    }
    assert len(tomsk) == 20
    assert not any(name.startswith("oktmo-") for name in tomsk)


def test_what_came_instead_is_not_guessed(versions: list[RegisterRecord]) -> None:
    """Nine towns that joined a neighbour, and a district that lost its centre: the dictionary does not say where."""
    assert sum(one.status == "ceased" and not one.replaced_by for one in versions) == 10


def test_a_wrong_check_digit_is_warned_of_and_kept(read: Read) -> None:
    row = "1,69701000,5,городской округ город Томск,Томск,городской округ,г Томск,70,2018,\n"
    (record,), reading = read("municipalities", HEADER + row)
    assert [(one.place, one.value) for one in reading.warnings] == [("строка 2", "69701000 5")]
    assert record.identifiers[0].problem == "the check digit does not fit"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1,69701000,7,имя,имя,вид,центр,70,давно,", "строка 2: «давно» in valid_from is no year"),
        ("1,,7,имя,имя,вид,центр,70,2018,", "строка 2: a version needs a code"),
        ("1,69701000,7,имя,имя", "line 2: 5 cells for 10 columns"),
        ("1,69701000,7,имя,имя,вид,центр,70,2018,\n" * 2, "begins in 2018 already in line 2"),
    ],
)
def test_a_broken_row_is_told_with_its_line(read: Read, row: str, told: str) -> None:
    with pytest.raises(RegisterError, match=told):
        read("municipalities", HEADER + row)

"""Numbers of registers: rules against the official examples, real codes and every single wrong digit."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontology.identifiers import (
    WRONG_PERSONAL,
    classification_check_digit,
    has_valid_inn,
    has_valid_ogrn,
    has_valid_ogrnip,
    has_valid_person_inn,
    is_personal,
    oktmo_problem,
    read_identifier,
)

if TYPE_CHECKING:
    from pathlib import Path

digits = st.text("0123456789", min_size=1, max_size=14)


def test_real_numbers_of_organisations_are_right() -> None:
    assert has_valid_ogrn("1027000861568")
    assert has_valid_inn("6907006968")
    assert read_identifier("kpp", "690701001").problem is None


def test_every_municipality_has_the_check_digit_of_its_code(shared: Path) -> None:
    with (shared / "registries" / "municipalities.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3101
    assert [row for row in rows if oktmo_problem(row["oktmo8"], row["check_digit"])] == []


@given(st.from_regex(r"[1-9][0-9]{11}", fullmatch=True), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_of_an_ogrn_is_seen(first: str, place: int, step: int) -> None:
    number = first + str(int(first) % 11 % 10)
    assert has_valid_ogrn(number)
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    # The remainders 0 and 10 share the check digit 0, so these are all that may pass.
    both_ten = {int(number[:-1]) % 11, int(wrong[:-1]) % 11} == {0, 10}
    assert not has_valid_ogrn(wrong) or both_ten


@given(st.from_regex(r"[34][0-9]{13}", fullmatch=True))
def test_the_ogrnip_of_an_entrepreneur_is_personal(first: str) -> None:
    number = first + str(int(first) % 13 % 10)
    assert has_valid_ogrnip(number)
    assert is_personal(number)
    assert read_identifier("ogrn", number).problem == "a number of a natural person"


@given(st.from_regex(r"[34][0-9]{13}", fullmatch=True))
def test_an_ogrnip_has_one_check_digit_of_which_any_other_is_told(first: str) -> None:
    right = [last for last in range(10) if has_valid_ogrnip(f"{first}{last}")]
    assert right == [int(first) % 13 % 10]
    assert read_identifier("ogrn", f"{first}{(right[0] + 1) % 10}").problem == WRONG_PERSONAL


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_an_inn_of_an_organisation_has_one_check_digit(first: str) -> None:
    assert sum(has_valid_inn(first + str(last)) for last in range(10)) == 1


@settings(deadline=None)
@given(st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_an_inn_of_a_person_has_two_check_digits_and_is_personal(first: str) -> None:
    right = [first + f"{last:02}" for last in range(100) if has_valid_person_inn(first + f"{last:02}")]
    assert len(right) == 1
    assert is_personal(right[0])
    assert read_identifier("inn", right[0]).problem == "a number of a natural person"


@given(digits)
def test_a_check_digit_of_a_classification_is_one_digit(code: str) -> None:
    assert 0 <= classification_check_digit(code) <= 9


@pytest.mark.parametrize(
    ("scheme", "printed", "problem"),
    [
        ("oktmo", "5550000", "a digit is missing; a spreadsheet may have taken the leading zero"),
        ("oktmo", "0555000а", "not the form of such a number"),
        ("ogrn", "2027000861568", "a record number of the register, not an ОГРН"),
        ("ogrn", "1027000861569", "the check digit does not fit"),
        ("inn", "690700696", "not the form of such a number"),
        ("ogrn", "102700086156", "not the form of such a number"),
        ("kpp", "69070100", "not the form of such a number"),
        ("okpo", "12345670", "the check digit does not fit"),
    ],
)
def test_a_wrong_number_is_kept_and_said_to_be_wrong(scheme: str, printed: str, problem: str) -> None:
    read = read_identifier(scheme, printed)  # type: ignore[arg-type]  # the schemes above are ours
    assert (read.value, read.problem) == (printed, problem)


def test_blanks_between_digits_do_not_matter() -> None:
    assert read_identifier("oktmo", " 05 550\u00a0000 ").value == "05550000"
    assert read_identifier("ogrn", "1027000861568").problem is None
    assert is_personal("112-233-445 95")

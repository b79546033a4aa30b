"""
Numbers by which federal registers know organisations and territories, with their check digits.

A wrong number is kept as it is printed; these rules only say so.  Numbers of natural persons are told from those of
organisations, so that they can be left out.  Rules of our own, because the best-known library refuses
every fourth valid ОГРНИП: it compares the remainder itself, not its last digit, with the check digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Scheme = Literal[
    "ogrn", "former-ogrn", "inn", "kpp", "oktmo", "okato", "okpo", "okopf", "fias", "kladr", "region-code",
    "iso-3166-2", "geonames", "licence", "accreditation", "register-number", "guid",
]  # fmt: skip

# What can be wrong with a number; pages and commands translate these.
_PERSONAL: Final = "a number of a natural person"
WRONG_PERSONAL: Final = "a number of a natural person whose check digit does not fit; it is not kept"
_SHORTENED: Final = "a digit is missing; a spreadsheet may have taken the leading zero"
_FORM: Final = "not the form of such a number"
_RECORD_NUMBER: Final = "a record number of the register, not an ОГРН"
CHECK_DIGIT: Final = "the check digit does not fit"
_NO_DIGIT: Final = "the check digit is no digit"
PROBLEMS: Final = (_PERSONAL, WRONG_PERSONAL, _SHORTENED, _FORM, _RECORD_NUMBER, CHECK_DIGIT, _NO_DIGIT)

_FORMS: Final[Mapping[Scheme, re.Pattern[str]]] = {
    "ogrn": re.compile(r"[1-9]\d{12}"),
    "inn": re.compile(r"\d{10}"),
    "kpp": re.compile(r"\d{4}[\dA-Z]{2}\d{3}"),
    "oktmo": re.compile(r"\d{8}(\d{3})?"),
    "okato": re.compile(r"\d{2}(\d{3}(\d{3}(\d{3})?)?)?"),
    "okpo": re.compile(r"\d{8}"),
    "okopf": re.compile(r"\d{5}"),
    "fias": re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "kladr": re.compile(r"\d{13}(\d{4}(\d{2})?)?"),
    "region-code": re.compile(r"\d{2}"),
    "iso-3166-2": re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}"),
    "geonames": re.compile(r"\d{1,8}"),
}
# What stands before a number in running text, and between its digits.
_DIGITS_APART: Final = re.compile(r"[\s\u00a0\u2009\u202f\-‑–]+")
# The first digit of a record number (ГРН) of ЕГРЮЛ, which has the form of an ОГРН and names no organisation.
_RECORD_NUMBERS: Final = frozenset("26789")
_PERSON_INN: Final = 12
_PERSON_OGRN: Final = 15
_INN_WEIGHTS: Final = (2, 4, 10, 3, 5, 9, 4, 6, 8)


@dataclass(frozen=True, slots=True)
class Identifier:
    """
    A number of a register entry as printed; `problem` says in English what is wrong with it, None if nothing is.

    `problem` is one of `PROBLEMS`.
    """

    scheme: Scheme
    value: str
    problem: str | None = None


def read_identifier(scheme: Scheme, printed: str) -> Identifier:
    """
    The number with white space, hyphens between groups of digits left out; checked as far as its scheme allows.

    A number of an individual (ИНН of 12 digits, ОГРНИП) where one of an organisation is wanted has a problem of its
    own, `WRONG_PERSONAL` if its check digits do not fit.
    """
    value = printed.strip()
    if scheme in {"ogrn", "inn", "oktmo", "okato", "okpo", "okopf", "kladr"}:
        bare = _DIGITS_APART.sub("", value)
        value = bare if bare.isdecimal() and bare.isascii() else value
    if scheme == "kpp":
        value = _DIGITS_APART.sub("", value).upper()
    return Identifier(scheme, value, _problem(scheme, value))


def is_personal(value: str) -> bool:
    """
    Whether a text of which nothing is known is a number that only natural persons have: 12-digit ИНН, ОГРНИП, СНИЛС.

    Twelve digits alone can be anything, so those of an ИНН must fit.
    """
    bare = _DIGITS_APART.sub("", value.strip())
    if not (bare.isdecimal() and bare.isascii()):
        return False
    if len(bare) == _PERSON_INN:
        return has_valid_person_inn(bare)
    if len(bare) == _PERSON_OGRN:
        return bare[0] in "34"
    return bool(re.fullmatch(r"\d{3}-\d{3}-\d{3}[ -]\d{2}", value.strip()))


def has_valid_ogrn(value: str) -> bool:
    """Whether 13 digits are an ОГРН: the first twelve modulo 11, its last digit, is the thirteenth."""
    return bool(_FORMS["ogrn"].fullmatch(value)) and int(value[:-1]) % 11 % 10 == int(value[-1])


def has_valid_ogrnip(value: str) -> bool:
    """Whether 15 digits are an ОГРНИП: the first fourteen modulo 13, its last digit, is the fifteenth."""
    return bool(re.fullmatch(r"[34]\d{14}", value, re.ASCII)) and int(value[:-1]) % 13 % 10 == int(value[-1])


def has_valid_inn(value: str) -> bool:
    """Whether ten digits are the ИНН of an organisation."""
    if not _FORMS["inn"].fullmatch(value):
        return False
    return _weighed(value, _INN_WEIGHTS) % 11 % 10 == int(value[-1])


def has_valid_person_inn(value: str) -> bool:
    """Whether twelve digits are the ИНН of a person."""
    if not re.fullmatch(r"\d{12}", value):
        return False
    eleventh = _weighed(value, (7, *_INN_WEIGHTS)) % 11 % 10
    twelfth = _weighed(value, (3, 7, *_INN_WEIGHTS)) % 11 % 10
    return (eleventh, twelfth) == (int(value[10]), int(value[11]))


def classification_check_digit(code: str) -> int:
    """
    The check digit that stands beside a code of ОКТМО, ОКАТО or the seven digits of ОКПО.

    Weights 1…10 repeat; where the remainder of 11 is 10, the weights start at 3; where it is 10 again, it is 0.
    """
    for first in (0, 2):
        remainder = sum(int(digit) * ((place + first) % 10 + 1) for place, digit in enumerate(code)) % 11
        if remainder < 10:
            return remainder
    return 0


def oktmo_problem(code: str, check_digit: str | None = None) -> str | None:
    """What is wrong with a code of ОКТМО and, where it is printed, its check digit; None if nothing is."""
    problem = _problem("oktmo", code)
    if problem is None and check_digit:
        if not re.fullmatch(r"\d", check_digit):
            return _NO_DIGIT
        if int(check_digit) != classification_check_digit(code):
            return CHECK_DIGIT
    return problem


def _problem(scheme: Scheme, value: str) -> str | None:
    form = _FORMS.get(scheme)
    if scheme in {"ogrn", "inn"}:
        if has_valid_ogrnip(value) or has_valid_person_inn(value):
            return _PERSONAL
        # Twelve digits for an ОГРН are one that lost a digit.
        if _is_digits(value, _PERSON_OGRN) or (scheme == "inn" and _is_digits(value, _PERSON_INN)):
            return WRONG_PERSONAL
    if form is not None and not form.fullmatch(value):
        if scheme == "oktmo" and value.isdecimal() and len(value) in {7, 10}:
            return _SHORTENED
        return _FORM
    if scheme == "ogrn":
        if value[0] in _RECORD_NUMBERS:
            return _RECORD_NUMBER
        if not has_valid_ogrn(value):
            return CHECK_DIGIT
    if scheme == "inn" and not has_valid_inn(value):
        return CHECK_DIGIT
    if scheme == "okpo" and classification_check_digit(value[:-1]) != int(value[-1]):
        return CHECK_DIGIT
    return None


def _is_digits(value: str, count: int) -> bool:
    return len(value) == count and value.isascii() and value.isdecimal()


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))

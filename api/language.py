"""
Interface languages: gettext catalogues read once at start, and the choice of a language for a request.

Message ids are English, so English needs no catalogue.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from api.negotiation import preferences
from api.places import place_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COOKIE = "lang"
NAMES = {"ru": "Русский", "en": "English"}


def alphabetical(text: object) -> str:
    """A key that sorts Russian and English as people expect: ё beside е, capitals beside small letters."""
    return str(text or "").casefold().replace("ё", "е")


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the interface."""

    code: str
    translations: NullTranslations

    @property
    def name(self) -> str:
        return NAMES[self.code]

    def text(self, message: str, /, **values: object) -> str:
        """The message in this language with `{name}` places filled."""
        return self.translations.gettext(message).format(**values)

    def told(self, message: Mapping[str, Any]) -> str:
        """A message of the loaders, `loaders.messages.Message` as a dictionary, in this language."""
        ready: str | None = message["translations"].get(self.code)
        if ready:
            return ready
        text = self.translations.gettext(message["template"])
        values = dict(message["values"])
        if isinstance(values.get("place"), str):
            values["place"] = place_in(self, values["place"])
        return text.format(**values) if values else text

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """The form of the message that fits the number; `{count}` is filled with it, as the language groups digits."""
        printed = format_decimal(count, locale=self.code)
        return self.translations.ngettext(one, many, count).format(count=printed, **values)


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of an installation, first the default one."""

    available: tuple[Language, ...]

    @classmethod
    def read(cls, codes: Sequence[str]) -> Languages:
        return cls(tuple(read_language(code) for code in codes))

    def find(self, code: str | None) -> Language | None:
        return next((language for language in self.available if language.code == code), None)

    def choose(self, *, asked: str | None, remembered: str | None, accepted: str | None) -> Language:
        """The language of a page: `?lang=`, then the cookie, then `Accept-Language`, then the default."""
        chosen = self.find(asked) or self.find(remembered)
        if chosen:
            return chosen
        for tag, _quality in preferences(accepted or ""):
            chosen = self.find(tag.split("-")[0])
            if chosen:
                return chosen
        return self.available[0]


def read_language(code: str) -> Language:
    """The language with its catalogue, compiled in memory: nothing is built before a start."""
    source = files("api") / "locale" / code / "vekha.po"
    if not source.is_file():
        return Language(code, NullTranslations())
    with source.open("rb") as file:
        catalogue = read_po(file, locale=code, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, GNUTranslations(compiled))

"""The states of decisions on links, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.language import Language


def decision_words(language: Language) -> dict[str, str]:
    """What a thing is by a decision, by its state, in the order in which people choose."""
    _ = language.text
    return {
        "exactMatch": _("is this entry"),
        "closeMatch": _("is close to this entry"),
        "broadMatch": _("is a part of this entry"),
        "refused": _("is not this entry"),
        "not-in-register": _("is in no register"),
        "not-an-entity": _("is no body"),
        "deferred": _("put off"),
    }

"""Our territories by what registers call them: codes of ОКТМО, names of federal subjects."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from ontology.language import spelling_key
from ontology.reference import COUNTRY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import NamedNode

    from ontology.iris import Iris
    from ontology.reference import Reference, TerritoryRecord

_CODE: Final = 8
# How registers write kinds of subjects; the rest of the name tells which it is.
_KINDS: Final = (
    ("респ.", "республика"), ("респ", "республика"), ("обл.", "область"), ("обл", "область"),
    ("аобл", "автономная область"), ("а.обл.", "автономная область"), ("ао", "автономный округ"),
    ("г.", ""), ("г", ""), ("город", ""),
)  # fmt: skip


@dataclass(eq=False)
class Places:
    """
    The territories of the reference data, and those that registers brought in before.

    `known` maps codes of ОКТМО to territories that registers already describe.
    """

    reference: Reference
    iris: Iris
    known: Mapping[str, NamedNode] = field(default_factory=dict)

    def territory_of_code(self, code: str) -> NamedNode | None:
        """The territory that has or had this code of ОКТМО (8 digits), if any is known."""
        row = self._by_code.get(code)
        return self.iris.thing("territory", row.key) if row else self.known.get(code)

    def new_territory(self, code: str) -> NamedNode:
        """The territory that a register brings in, named by its newest code of ОКТМО."""
        return self.iris.thing("territory", f"oktmo-{code}")

    def subject_of_code(self, code: str) -> NamedNode | None:
        """The federal subject in which a code of ОКТМО lies: the longest code of a subject that it begins with."""
        for length in (3, 2):
            row = self._subjects_by_prefix.get(code[:length])
            if row is not None:
                return self.iris.thing("territory", row.key)
        return None

    def subject_named(self, name: str) -> NamedNode | None:
        """The federal subject that a register calls so: «г. Москва», «Респ Адыгея», «ТОМСКАЯ ОБЛ»."""
        key = _subject_key(name)
        row = self._subjects_by_name.get(key) if key else None
        return self.iris.thing("territory", row.key) if row else None

    def country(self) -> NamedNode:
        return self.iris.thing("territory", COUNTRY)

    @cached_property
    def own(self) -> frozenset[NamedNode]:
        """The territories of the reference data."""
        return frozenset(self.iris.thing("territory", key) for key in self.reference.territories)

    @cached_property
    def _by_code(self) -> dict[str, TerritoryRecord]:
        return {row.oktmo: row for row in self.reference.territories.values() if row.oktmo}

    @cached_property
    def _subjects(self) -> list[TerritoryRecord]:
        return [row for row in self.reference.territories.values() if row.kind == "federal-subject"]

    @cached_property
    def _subjects_by_prefix(self) -> dict[str, TerritoryRecord]:
        return {row.oktmo[: 2 if row.oktmo[2:] == "0" * (_CODE - 2) else 3]: row for row in self._subjects}

    @cached_property
    def _subjects_by_name(self) -> dict[str, TerritoryRecord]:
        return {_subject_key(name): row for row in self._subjects for name, _ in row.names()}


@lru_cache(maxsize=4096)
def _subject_key(name: str) -> str:
    """The words of the name in one order, kinds spelt out: «Респ Адыгея» and «Республика Адыгея» are one."""
    words = spelling_key(name).replace("-", " ").replace("(", " ").replace(")", " ").replace("/", " ").split()
    kinds = dict(_KINDS)
    spelt = [kinds.get(word, word) for word in words]
    return " ".join(sorted(word for part in spelt for word in part.split()))

"""
What of the candidates of a thing may be linked without a person: at most one entry of a register, by one of two rules.

`same-number`: the data give the thing a number that one entry in force, and no other, has.  `name-and-region`: the
matcher would accept the name by which the thing is called for one entry in force («департамент образования» is not
«департамент общего образования»), which leads over all others of the register by any name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from graph.matching.matcher import ACCEPTED_LEAD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pyoxigraph import NamedNode

    from graph.matching.matcher import Candidate

Rule = Literal["same-number", "name-and-region"]
RULES: Final[tuple[Rule, ...]] = get_args(Rule)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An entry that may be linked unseen; `lead` is that of its score over the next one's of the same register."""

    candidate: Candidate
    rule: Rule
    lead: float


def best_of(found: Iterable[Candidate]) -> list[Candidate]:
    """Each entry once, as the name that fits it best found it; the likeliest first."""
    best: dict[NamedNode, Candidate] = {}
    for one in found:
        known = best.get(one.record.iri)
        if known is None or known.score < one.score:
            best[one.record.iri] = one
    return sorted(best.values(), key=lambda one: (-one.score, one.record.key))


def acceptance(
    by_name: Mapping[str, Collection[Candidate]], *, called: str, numbers: Collection[str]
) -> Acceptance | None:
    """
    The one entry of a register that may be linked unseen.

    `by_name` are candidates of this register by the names of the thing, `called` the name that says most of it,
    `numbers` are identifiers that the data give it: a thing that has some is never accepted by its name.
    """
    ranked = best_of(one for found in by_name.values() for one in found)
    if numbers:
        same = [
            one
            for one in ranked
            if one.record.status == "in-force" and any(each.value in numbers for each in one.record.identifiers)
        ]
        return Acceptance(same[0], "same-number", 1.0) if len(same) == 1 else None
    if not ranked:
        return None
    first = ranked[0]
    lead = first.score - (ranked[1].score if len(ranked) > 1 else 0.0)
    fits = any(one.acceptable and one.record.iri == first.record.iri for one in by_name.get(called, ()))
    if not fits or lead < ACCEPTED_LEAD or first.record.status != "in-force":
        return None
    return Acceptance(first, "name-and-region", lead)

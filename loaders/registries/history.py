"""
What a register that lists only present entries said before: entries of its earlier edition that are no longer listed.

They stay, ended, with what came instead where it can be told: the one municipality that is new in the edition, in the
same federal subject and with the same centre.  They ended on the day before that came into force, if the register says
when it did, else on the day before the new edition.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from datetime import date

    from pyoxigraph import NamedNode

    from ontology.registers import RegisterRecord


def with_history(
    records: list[RegisterRecord], before: Iterable[RegisterRecord], day: date, *, own: Container[NamedNode]
) -> list[RegisterRecord]:
    """
    The records of an edition of `day`, and those of the edition `before` that it no longer lists.

    A municipality that changed its code goes on as one territory: that of `own`, the reference data, if they know
    either code, else that of the earlier one.
    """
    listed = {record.iri: record for record in records}
    earlier = {record.iri: record for record in before}
    begun: defaultdict[tuple[object, str], list[RegisterRecord]] = defaultdict(list)
    for record in records:
        if record.iri not in earlier and record.address and record.present is not None:
            begun[record.region, record.address].append(record)
    kept: dict[NamedNode, RegisterRecord] = {}
    moved: dict[NamedNode | None, NamedNode | None] = {}
    continued: set[NamedNode] = set()
    for old in earlier.values():
        if old.iri in listed:
            continue
        if old.status == "ceased":
            kept[old.iri] = old
            continue
        successors = begun[old.region, old.address] if old.present is not None else []
        if len(successors) == 1:
            (new,) = successors
            # A second predecessor is a merger: one territory goes on, the other ended.
            if new.iri not in continued and new.territory in own and old.territory not in own:
                moved[old.territory] = new.territory
            elif new.iri not in continued and new.territory not in own:
                listed[new.iri] = replace(new, territory=old.territory)
            continued.add(new.iri)
        kept[old.iri] = replace(
            old,
            status="ceased",
            valid_to=_end(old, successors, before=day),
            replaced_by=tuple(new.iri for new in successors) if len(successors) == 1 else (),
        )
    everything = listed | kept
    return [
        replace(one, present=_present(one, everything), territory=moved.get(one.territory, one.territory))
        if one.iri in kept
        else one
        for one in everything.values()
    ]


def with_history_again(
    records: Iterable[RegisterRecord], before: list[RegisterRecord], day: date, *, own: Container[NamedNode]
) -> list[RegisterRecord]:
    """What an edition of `day` that is loaded already holds, if the edition `before` it came only now."""
    told = {record.iri for record in before}
    listed = [record for record in records if record.status != "ceased" or record.iri not in told]
    return with_history(listed, before, day, own=own)


def _end(old: RegisterRecord, successors: list[RegisterRecord], *, before: date) -> date:
    """The last day of a code that is gone; a date in force that is older than the code itself tells nothing."""
    began = successors[0].valid_from if len(successors) == 1 else None
    if began is None or began > before or (old.valid_from is not None and began <= old.valid_from):
        began = before
    return began - timedelta(days=1)


def _present(record: RegisterRecord, records: dict[NamedNode, RegisterRecord]) -> NamedNode | None:
    """The entry in force at the end of the chain; None where it breaks off."""
    seen: set[NamedNode] = set()
    step: RegisterRecord | None = record
    while step is not None and step.iri not in seen:
        if step.status == "in-force":
            return step.iri
        seen.add(step.iri)
        # What stands in the store is the whole chain; its members that ended lead on.
        further = [records[iri] for iri in step.replaced_by if iri in records]
        step = next((one for one in further if one.status == "in-force"), further[0] if further else None)
    return None

"""
Decisions as a mapping set of SSSOM (Simple Standard for Sharing Ontological Mappings 1.0), in tabs: out and in.

A refusal has the modifier «Not»; that a register has no entry is a mapping to `sssom:NoTermFound`.  What SSSOM has no
word for (not an entity, deferred, the rule by which a program decided) stands in `other`.
"""

from __future__ import annotations

import csv
import io
import math
from datetime import date
from typing import TYPE_CHECKING, Final

import yaml
from pyoxigraph import NamedNode

from loaders.linking.decisions import LINKING, Decision, DecisionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COLUMNS: Final = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "object_label",
    "object_source",
    "mapping_justification",
    "author_label",
    "mapping_date",
    "confidence",
    "comment",
    "other",
)
_NOBODY: Final = "sssom:NoTermFound"
_BY_PERSON: Final = "semapv:ManualMappingCuration"
_BY_PROGRAM: Final = "semapv:LexicalMatching"
_WORDLESS: Final = frozenset({"not-an-entity", "deferred"})
_RULE: Final = "rule: "
_MOST: Final = 100_000
_PREFIXES: Final[Mapping[str, str]] = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "sssom": "https://w3id.org/sssom/",
}


def write_sssom(
    decisions: Iterable[Decision], names: Mapping[NamedNode, str], *, set_id: str, version: int, licence: str
) -> str:
    """
    The decisions that hold, one a line, under a head of YAML in comments.

    `names` gives labels of things and entries; `set_id` names the set, `version` is that of the data.
    """
    head = {
        "mapping_set_id": set_id,
        "mapping_set_version": str(version),
        "license": licence,
        "mapping_tool": "Vekha",
        "curie_map": dict(_PREFIXES),
    }
    text = io.StringIO()
    for line in yaml.safe_dump(head, allow_unicode=True, sort_keys=False).splitlines():
        text.write(f"# {line}\n")
    writer = csv.DictWriter(text, COLUMNS, delimiter="\t", lineterminator="\n")
    writer.writeheader()
    for one in decisions:
        if one.active:
            writer.writerow({name: " ".join(value.split()) for name, value in _line(one, names).items()})
    return text.getvalue()


def read_sssom(text: str, *, author: str, made: str) -> list[Decision]:
    """
    The decisions of a mapping set; a line that names no author or moment has `author` and `made`.

    Raises:
        DecisionError: A line that cannot be read, with its number; nothing is taken then.
    """
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not lines:
        raise DecisionError("The file has no mappings")
    if len(lines) > _MOST:
        raise DecisionError("The file has more than {count} mappings", count=_MOST)
    names = lines[0][1].split("\t")
    missing = {"subject_id", "predicate_id", "object_id"} - set(names)
    if missing:
        raise DecisionError(
            "Line {line}: the column {column} is missing", line=lines[0][0], column=", ".join(sorted(missing))
        )
    found = []
    for at, line in lines[1:]:
        try:
            cells = dict(zip(names, _cells(line), strict=False))
            found.append(_decision({name: cells.get(name, "").strip() for name in COLUMNS}, author, made))
        except DecisionError as error:
            raise DecisionError("Line {line}: {reason}", line=at, reason=error) from None
    return found


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter="\t", strict=line.count('"') % 2 == 1))
    except csv.Error:
        raise DecisionError("a text in quotes does not end in its line, or is too long") from None


def _line(one: Decision, names: Mapping[NamedNode, str]) -> dict[str, str]:
    line = dict.fromkeys(COLUMNS, "")
    line["subject_id"], line["subject_label"] = one.thing.value, names.get(one.thing, "")
    line["predicate_id"] = f"skos:{one.state}" if one.state in LINKING else "skos:exactMatch"
    line["predicate_modifier"] = "Not" if one.state == "refused" else ""
    line["object_id"] = one.record.value if one.record else _NOBODY
    line["object_label"] = names.get(one.record, one.called) if one.record else ""
    line["object_source"] = one.edition.value if one.edition else ""
    line["mapping_justification"] = _BY_PROGRAM if one.by_software else _BY_PERSON
    line["author_label"], line["mapping_date"] = one.author, one.made[:10]
    line["confidence"] = f"{one.confidence:.3f}" if one.confidence is not None else ""
    line["comment"] = one.reason or ""
    line["other"] = one.state if one.state in _WORDLESS else f"{_RULE}{one.rule}" if one.rule else ""
    return line


def _decision(line: Mapping[str, str], author: str, made: str) -> Decision:
    predicate = _whole(line["predicate_id"]).removeprefix(_PREFIXES["skos"])
    if predicate not in LINKING:
        raise DecisionError("«{value}» is no relation that links to registers", value=line["predicate_id"])
    nobody = _whole(line["object_id"]) == _whole(_NOBODY)
    negated = line["predicate_modifier"].casefold() == "not"
    told, by_rule, rule = line["other"].partition(_RULE)
    state = told or ("not-in-register" if nobody else "refused" if negated else predicate)
    day = line["mapping_date"]
    return Decision(
        thing=_node(_whole(line["subject_id"])),
        record=None if nobody else _node(_whole(line["object_id"])),
        state=state,  # type: ignore[arg-type]  # checked by the class
        author=line["author_label"] or author,
        made=f"{_day(day)}T00:00:00Z" if day else made,
        confidence=_share(line["confidence"]) if line["confidence"] else None,
        reason=line["comment"] or None,
        by_software=_whole(line["mapping_justification"]) == _whole(_BY_PROGRAM),
        rule=rule if by_rule else None,
        edition=_node(line["object_source"]) if line["object_source"] else None,
    )


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError:
        raise DecisionError("«{value}» is no address of a thing", value=iri[:200]) from None


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise DecisionError("«{value}» is no date as 2021-05-14", value=text[:40]) from None


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise DecisionError("«{value}» is no number from 0 to 1", value=text[:40])
    return share


def _whole(curie: str) -> str:
    """The IRI of a CURIE with a prefix of SSSOM's; an IRI as it is."""
    prefix, separator, rest = curie.partition(":")
    return _PREFIXES[prefix] + rest if separator and prefix in _PREFIXES else curie

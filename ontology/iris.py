"""
The only place that mints IRIs.

The ontology, its shapes and its concept schemes have fixed addresses; the data has a base that is a setting.
Local names are lower-case ASCII: parts are joined by `_`, words inside a part by `-`, and there is no dot, because
SPARQL parsers disagree on dots in prefixed names (design of the ontology, section 4.2).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from pyoxigraph import NamedNode

from ontology.language.transliteration import slug

if TYPE_CHECKING:
    from collections.abc import Iterable

HOME: Final = "https://w3id.org/vekha/"
NAMESPACE: Final = f"{HOME}ns#"
SHAPES_NAMESPACE: Final = f"{HOME}shapes#"
SCHEMES_NAMESPACE: Final = f"{HOME}scheme/"

Kind = Literal[
    "roadmap",
    "version",
    "table",
    "row",
    "cell",
    "fragment",
    "mention",
    "resolution",
    "footnote",
    "change",
    "section",
    "activity",
    "result",
    "form-item",
    "provision",
    "passage",
    "level-description",
    "indicator",
    "target",
    "deadline",
    "occurrence",
    "assignment",
    "theme-assignment",
    "body",
    "group",
    "post",
    "person",
    "provisional",
    "territory",
    "act",
    "programme",
    "system",
    "load",
    "correction",
    "link-decision",
    "author",
]
GraphName = Literal[
    "ontology", "reference", "mappings", "persons", "catalog", "inferred", "shapes", "corrections", "links"
]

KINDS: Final[frozenset[str]] = frozenset(get_args(Kind))
GRAPH_NAMES: Final[frozenset[str]] = frozenset(get_args(GraphName))

_PART = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEY = re.compile(rf"{_PART.pattern}(?:_{_PART.pattern})*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBER_TOKEN = re.compile(r"[^\W_]+")


class UnsafeNameError(ValueError):
    """A local name outside lower-case Latin letters, digits, `-` and `_`."""


@dataclass(frozen=True, slots=True)
class EntryPosition:
    """
    Where an entry stands: numbers of its sections from the outermost, its printed number, its ordinal in the section.

    A section without a printed number is given by its ordinal.
    """

    section: tuple[str, ...]
    number: str | None
    ordinal: int


def concept(scheme: str, identifier: str) -> NamedNode:
    """The concept of an own scheme: `concept("theme", "mentoring")`."""
    return NamedNode(f"{SCHEMES_NAMESPACE}{_part(scheme)}/{_part(identifier)}")


def entry_keys(positions: Iterable[EntryPosition], *, taken: Iterable[str] = ()) -> list[str]:
    """
    Keys of a document's entries of one kind, in the given order; no two are equal, and none is one of `taken`.

    Printed numbers win over ordinals; the second of two equal keys gets the letter b («1.4.» twice: 1_4 and 1_4_b).
    A number that already holds its section's number does not repeat it («1.4.» in task 1 is 1_4).
    """
    positions = list(positions)
    keys: dict[int, str] = {}
    taken = set(taken)
    by_certainty = sorted(range(len(positions)), key=lambda index: not _tokens(positions[index].number or ""))
    for index in by_certainty:
        position = positions[index]
        number = position.number if position.number and _tokens(position.number) else str(position.ordinal)
        plain = "_".join(_path([*position.section, number]))
        key, letter = plain, 1
        while key in taken:
            key, letter = f"{plain}_{_letters(letter)}", letter + 1
        taken.add(key)
        keys[index] = key
    return [keys[index] for index in range(len(positions))]


@dataclass(frozen=True, slots=True)
class Iris:
    """IRIs of the data under `base`; every method is injective in its arguments."""

    base: str = HOME

    def __post_init__(self) -> None:
        if not re.fullmatch(r"https?://[^\s?#]+/", self.base):
            message = f"The base IRI must be http(s), without query or fragment, and end with a slash: {self.base!r}"
            raise ValueError(message)
        NamedNode(self.base)

    def thing(self, kind: Kind, key: str) -> NamedNode:
        """`{base}id/{kind}/{key}`, for reference things whose keys stand in curated tables (`tomsk-obl_toipkro`)."""
        if kind not in KINDS:
            message = f"Unknown kind of thing: {kind!r}"
            raise UnsafeNameError(message)
        return NamedNode(f"{self.base}id/{kind}/{_key(key)}")

    def kind_and_key(self, iri: NamedNode) -> tuple[Kind, str] | None:
        """The arguments of `thing` that give `iri`; None for an IRI that is none of ours."""
        start = f"{self.base}id/"
        kind, _, key = iri.value.removeprefix(start).partition("/")
        if not iri.value.startswith(start) or kind not in KINDS or not _KEY.fullmatch(key):
            return None
        return kind, key  # type: ignore[return-value]  # membership in KINDS is the proof

    def namespace(self, kind: Kind) -> str:
        """What a prefix of this kind stands for in queries: `{base}id/activity/`."""
        return f"{self.base}id/{kind}/"

    def roadmap(self, slug: str) -> NamedNode:
        return self.thing("roadmap", _part(slug))

    def section(self, roadmap: str, numbers: tuple[str, ...]) -> NamedNode:
        """The section of a roadmap by the numbers or ordinals from the outermost section down."""
        return self.thing("section", _join(roadmap, "_".join(_path(numbers))))

    def activity(self, roadmap: str, key: str) -> NamedNode:
        """An activity by its key of `entry_keys`; the same in every version of the document."""
        return self.thing("activity", _join(roadmap, key))

    def result(self, roadmap: str, key: str) -> NamedNode:
        return self.thing("result", _join(roadmap, key))

    def form_item(self, roadmap: str, table: int, block: int, item: int) -> NamedNode:
        return self.thing("form-item", _join(roadmap, str(table), str(block), str(item)))

    def provision(self, roadmap: str, key: str) -> NamedNode:
        return self.thing("provision", _join(roadmap, key))

    def passage(self, roadmap: str, ordinal: int) -> NamedNode:
        return self.thing("passage", _join(roadmap, str(ordinal)))

    def level_description(self, roadmap: str, level: str, ordinal: int = 1) -> NamedNode:
        return self.thing("level-description", _join(roadmap, _part(level), str(ordinal)))

    def part_of(self, owner: NamedNode, kind: Kind, *parts: str | int) -> NamedNode:
        """
        A thing that exists only with `owner`: an indicator, target, deadline, occurrence, assignment of an entry.

        The owner's kind is a part of the name, because an activity and a result of one document share printed numbers.

        Raises:
            UnsafeNameError: If `owner` was not minted here.
        """
        found = self.kind_and_key(owner)
        if found is None:
            message = f"Only things of {self.base} have parts: {owner.value!r}"
            raise UnsafeNameError(message)
        return self.thing(kind, "_".join([*found, *(_part(str(part)) for part in parts)]))

    def version(self, roadmap: str, sha256: str) -> NamedNode:
        return self.thing("version", self._version_key(roadmap, sha256))

    def table(self, roadmap: str, sha256: str, table: int) -> NamedNode:
        return self.thing("table", f"{self._version_key(roadmap, sha256)}_t{table:d}")

    def row(self, roadmap: str, sha256: str, table: int, row: int) -> NamedNode:
        return self.thing("row", f"{self._version_key(roadmap, sha256)}_t{table:d}_r{row:d}")

    def cell(self, roadmap: str, sha256: str, table: int, row: int, column: int) -> NamedNode:
        return self.thing("cell", f"{self._version_key(roadmap, sha256)}_t{table:d}_r{row:d}_c{column:d}")

    def fragment(self, cell: NamedNode, order: int) -> NamedNode:
        return self.thing("fragment", f"{self._key_of('cell', cell)}_f{order:d}")

    def mention(self, cell: NamedNode, order: int) -> NamedNode:
        return self.thing("mention", f"{self._key_of('cell', cell)}_m{order:d}")

    def resolution(self, mention: NamedNode) -> NamedNode:
        return self.thing("resolution", self._key_of("mention", mention))

    def footnote(self, roadmap: str, sha256: str, order: int) -> NamedNode:
        return self.thing("footnote", f"{self._version_key(roadmap, sha256)}_n{order:d}")

    def change(self, roadmap: str, sha256: str, order: int) -> NamedNode:
        return self.thing("change", f"{self._version_key(roadmap, sha256)}_d{order:d}")

    def load(self, roadmap: str, sha256: str) -> NamedNode:
        """The run that read this version: a prov:Activity of the catalogue."""
        return self.thing("load", self._version_key(roadmap, sha256))

    def correction(self, roadmap: str, key: str) -> NamedNode:
        """A correction of a document by its key (`loaders.corrections.Correction.key`)."""
        return self.thing("correction", _join(roadmap, _part(key)))

    def link_decision(self, key: str) -> NamedNode:
        """A decision on a link by its key (`loaders.linking.decisions.Decision.key`)."""
        return self.thing("link-decision", _part(key))

    def author(self, name: str) -> NamedNode:
        """Who corrects, by the name they gave."""
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        return self.thing("author", "_".join(filter(None, (slug(name)[:40].strip("-"), digest))))

    def person(self, roadmap: str, name: str) -> NamedNode:
        """A person of one document; the name stands in the IRI only as the first digits of its hash."""
        digest = hashlib.sha256(f"{_part(roadmap)}\n{name}".encode()).hexdigest()
        return self.thing("person", _join(roadmap, digest[:8]))

    def provisional(self, territory: str, slug: str) -> NamedNode:
        """An actor that no reference table knows yet, by its territory and the slug of its label."""
        return self.thing("provisional", _join(territory, _part(slug)))

    def graph(self, name: GraphName) -> NamedNode:
        if name not in GRAPH_NAMES:
            message = f"Unknown graph: {name!r}"
            raise UnsafeNameError(message)
        return NamedNode(f"{self.base}graph/{name}")

    def document_graph(self, roadmap: str, sha256: str) -> NamedNode:
        """The named graph of one version; its last part equals that of `version`."""
        return NamedNode(f"{self.base}graph/{self._version_key(roadmap, sha256)}")

    def register_record(self, register: str, key: str) -> NamedNode:
        """An entry of a register, `{base}registry/{register}/{key}`; the same in every edition."""
        return NamedNode(f"{self.base}registry/{_part(register)}/{_key(key)}")

    def register_and_key(self, iri: NamedNode) -> tuple[str, str] | None:
        """The arguments of `register_record` that give `iri`; None for any other."""
        start = f"{self.base}registry/"
        register, _, key = iri.value.removeprefix(start).partition("/")
        if not iri.value.startswith(start) or not (_PART.fullmatch(register) and _KEY.fullmatch(key)):
            return None
        return register, key

    def register_graph(self, register: str, edition: str) -> NamedNode:
        """The named graph of one edition of a register."""
        return NamedNode(f"{self.register_graphs}{_part(register)}/{_part(edition)}")

    @property
    def register_graphs(self) -> str:
        """How the names of all graphs of registers begin."""
        return f"{self.base}graph/registry/"

    def _version_key(self, roadmap: str, sha256: str) -> str:
        if not _SHA256.fullmatch(sha256):
            message = f"Not a SHA-256 in lower-case hexadecimal: {sha256!r}"
            raise UnsafeNameError(message)
        return _join(roadmap, sha256[:12])

    def _key_of(self, kind: Kind, iri: NamedNode) -> str:
        found = self.kind_and_key(iri)
        if found is None or found[0] != kind:
            message = f"Not the IRI of a {kind}: {iri.value!r}"
            raise UnsafeNameError(message)
        return found[1]


def _part(text: str) -> str:
    if not _PART.fullmatch(text):
        message = f"Not a safe part of a local name (lower-case Latin letters, digits, hyphens): {text!r}"
        raise UnsafeNameError(message)
    return text


def _key(text: str) -> str:
    if not _KEY.fullmatch(text):
        message = (
            f"Not a safe local name (parts of lower-case Latin letters, digits and hyphens, joined by _): {text!r}"
        )
        raise UnsafeNameError(message)
    return text


def _join(first: str, *rest: str) -> str:
    # Only the first part is free of `_`, so the cut after it is the only reading.
    return "_".join([_part(first), *(_key(part) for part in rest)])


def _tokens(number: str) -> list[str]:
    """«1.4.» gives 1 and 4, «2.б)» gives 2 and b."""
    return [part for token in _NUMBER_TOKEN.findall(number) if (part := slug(token))]


def _path(numbers: Iterable[str]) -> list[str]:
    path: list[str] = []
    for number in numbers:
        tokens = _tokens(number)
        repeats = bool(path) and len(tokens) > len(path) and tokens[: len(path)] == path
        path = tokens if repeats else [*path, *tokens]
    return path


def _letters(count: int) -> str:
    """1 gives b, 25 gives z, 26 gives ba: the first entry of a number has no letter."""
    letters = ""
    while True:
        count, rest = divmod(count, 26)
        letters = chr(ord("a") + rest) + letters
        if not count:
            return letters

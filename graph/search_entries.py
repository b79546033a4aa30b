"""What can be searched for: the things of one data version with their names, spellings and texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from pyoxigraph import Literal as LiteralTerm
from pyoxigraph import NamedNode

from graph.results import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.snapshots import Snapshot

Kind: TypeAlias = Literal[
    "body",
    "theme",
    "territory",
    "document",
    "question",
    "indicator",
    "activity",
    "result",
    "form-item",
    "provision",
    "passage",
]
# In the order in which answers stand.
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
# Roles of the query that are names of schemes.
_SCHEMES: Final = frozenset({"ОКТМО", "ОГРН"})


@dataclass(slots=True)
class Entry:
    """
    One thing: `names` by language («» for none), `aliases` are other names and spellings, `texts` what is said in it.

    `context` is the IRI of what it belongs to: a document, a territory, a broader theme.  `numbers` are those that tell
    it from others of its name, each with the name of its scheme.
    """

    iri: str
    kind: Kind
    names: dict[str, str] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    context: str | None = None
    numbers: list[str] = field(default_factory=list)

    def name(self, language: str) -> str:
        """The name in the language, else in another one, else the last part of the IRI."""
        names: Mapping[str, str] = self.names
        return (
            names.get(language)
            or names.get("ru")
            or next(iter(names.values()), "")
            or next(iter(self.aliases), "")
            or self.iri.rpartition("/")[2]
        )


def read_entries(snapshot: Snapshot) -> list[Entry]:
    """The things of a data version, sorted by kind and IRI; what was withheld there is not in them."""
    answer = snapshot.query(files("graph").joinpath("search-entries.rq").read_text("utf-8"))
    assert isinstance(answer, Table)
    found: dict[str, Entry] = {}
    for thing, kind, role, value in answer.rows:
        if not isinstance(thing, NamedNode) or not isinstance(kind, LiteralTerm) or not isinstance(role, LiteralTerm):
            continue
        entry = found.get(thing.value)
        if entry is None:
            entry = found[thing.value] = Entry(thing.value, kind.value)  # type: ignore[arg-type]  # as in the query
        if isinstance(value, NamedNode):
            entry.context = min(filter(None, (entry.context, value.value)))
        elif isinstance(value, LiteralTerm):
            _add(entry, role.value, value)
    for entry in found.values():
        named = set(entry.names.values())
        entry.aliases = sorted(set(entry.aliases) - named)
        entry.texts = sorted(set(entry.texts) - named)
        entry.numbers.sort()
    return sorted(found.values(), key=lambda entry: (KINDS.index(entry.kind), entry.iri))


def _add(entry: Entry, role: str, value: LiteralTerm) -> None:
    if role == "name":
        language = value.language or ""
        # Of several names in one language the first counts; the others are spellings.
        kept = min(entry.names.get(language, value.value), value.value)
        if language in entry.names:
            entry.aliases += {entry.names[language], value.value} - {kept}
        entry.names[language] = kept
    elif role == "alias":
        entry.aliases.append(value.value)
    elif role in _SCHEMES:
        entry.numbers.append(f"{role} {value.value}")
    else:
        entry.texts.append(value.value)

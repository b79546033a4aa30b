"""The prefixes of `prefixes.ttl` for one data base address: declared, expanded and shortened in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, RdfFormat, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIXES_FILE = Path(__file__).with_name("prefixes.ttl")
# Local names of this project hold no dots (ontology 4.2), so a shortened IRI is valid in every SPARQL parser.
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_PREFIXED_NAME = re.compile(r"([A-Za-z][A-Za-z0-9-]*):([A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)")
_USED = re.compile(r"(?<![\w:?$<])([A-Za-z][A-Za-z0-9-]*):")


class UnknownPrefixError(ValueError):
    """A prefixed name whose prefix `prefixes.ttl` does not declare."""


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Prefix to namespace, sorted by prefix."""

    namespaces: Mapping[str, str]

    @classmethod
    def read(cls, data_base: str, path: Path = PREFIXES_FILE) -> Prefixes:
        """The prefixes of `path`, its relative addresses resolved against `data_base`."""
        reader = parse(path.read_bytes(), format=RdfFormat.TURTLE, base_iri=data_base)
        for _ in reader:
            pass
        return cls(dict(sorted(reader.prefixes.items())))

    def expand(self, name: str) -> NamedNode | None:
        """
        The IRI of a prefixed name such as «theme:mentoring»; None if the text has not that form.

        Raises:
            UnknownPrefixError: If the text has the form of a prefixed name, but the prefix is not declared.
        """
        match = _PREFIXED_NAME.fullmatch(name)
        if match is None:
            return None
        prefix, local = match.groups()
        if prefix not in self.namespaces:
            raise UnknownPrefixError(f"prefix «{prefix}:» is not declared; declared are {', '.join(self.namespaces)}")
        return NamedNode(self.namespaces[prefix] + local)

    def shorten(self, iri: str) -> str | None:
        """The prefixed name of an IRI, valid in SPARQL as it stands; None if no namespace fits."""
        prefix, namespace = max(
            ((prefix, namespace) for prefix, namespace in self.namespaces.items() if iri.startswith(namespace)),
            key=lambda pair: len(pair[1]),
            default=("", ""),
        )
        local = iri[len(namespace) :]
        return f"{prefix}:{local}" if namespace and _LOCAL_NAME.fullmatch(local) else None

    def declarations(self, sparql: str) -> str:
        """The PREFIX lines of the prefixes that a query text uses."""
        used = set(_USED.findall(sparql))
        return "".join(
            f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in self.namespaces.items() if prefix in used
        )

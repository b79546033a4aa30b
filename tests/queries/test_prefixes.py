from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.prefixes import Prefixes, UnknownPrefixError

PREFIXES = Prefixes.read("https://example.org/data/")


def test_prefixes_of_the_data_follow_the_data_base() -> None:
    assert PREFIXES.namespaces["body"] == "https://example.org/data/id/body/"
    assert PREFIXES.namespaces["theme"] == "https://w3id.org/vekha/scheme/theme/"


def test_a_prefixed_name_expands() -> None:
    expanded = PREFIXES.expand("theme:mentoring")

    assert expanded is not None
    assert expanded.value == "https://w3id.org/vekha/scheme/theme/mentoring"


def test_an_undeclared_prefix_is_named() -> None:
    with pytest.raises(UnknownPrefixError, match="«nobody:» is not declared"):
        PREFIXES.expand("nobody:x")


def test_text_that_is_no_prefixed_name_gives_none() -> None:
    assert PREFIXES.expand("https://example.org/") is None


def test_the_longest_namespace_shortens() -> None:
    assert PREFIXES.shorten("https://w3id.org/vekha/scheme/theme/mentoring") == "theme:mentoring"
    assert PREFIXES.shorten("https://w3id.org/vekha/scheme/theme") == "scheme:theme"
    assert PREFIXES.shorten("https://example.org/elsewhere") is None
    assert PREFIXES.shorten("https://w3id.org/vekha/ns#a.b") is None


@given(st.sampled_from(sorted(PREFIXES.namespaces)), st.from_regex(r"[a-z0-9]+([_-][a-z0-9]+)*", fullmatch=True))
def test_shortening_undoes_expansion(prefix: str, local: str) -> None:
    expanded = PREFIXES.expand(f"{prefix}:{local}")

    assert expanded is not None
    assert PREFIXES.shorten(expanded.value) == f"{prefix}:{local}"


def test_only_used_prefixes_are_declared() -> None:
    lines = PREFIXES.declarations("SELECT ?s { ?s a vekha:Activity ; rdfs:label ?l }").splitlines()

    assert lines == [
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>",
        "PREFIX vekha: <https://w3id.org/vekha/ns#>",
    ]

"""Tokens of SPARQL texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from graph.tokens import Names, meaningful, read_tokens

_PIECES = ["SELECT", "# note\n", "\\u0041", "'''", '"""', " \n", "ёлка:", "?каша", "«", "\u00a0", "\u00b7", "#"]


@given(st.lists(st.sampled_from([*" \t\n\r#\"'\\<>{}|^`?$@ax:_-.é%0Я", *_PIECES]), max_size=25).map("".join))
def test_the_meaningful_tokens_are_all_but_white_space_and_comments(text: str) -> None:
    assert "".join(token.text for token in read_tokens(text)) == text
    assert meaningful(text) == [token for token in read_tokens(text) if token.kind not in {"space", "comment"}]


def test_a_name_means_what_its_own_text_declares() -> None:
    for base in ("http://a.example/", "http://b.example/"):
        tokens = meaningful(f"PREFIX ex: <{base}> SELECT * {{ ex:x ?p other:y }}")
        names = Names({"ex": "http://given.example/", "other": base})
        assert names.read_prologue(tokens, 0) == 3
        # A second time it may be remembered.
        for _ in range(2):
            named = [names.resolve(token) for token in tokens[3:] if token.kind == "name"]
            assert named == [NamedNode(f"{base}x"), NamedNode(f"{base}y")]
            names = Names({"ex": "http://given.example/", "other": base})
            names.read_prologue(tokens, 0)

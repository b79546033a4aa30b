from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.negotiation import CSV, GRAPHS, HTML, JSON, RESULTS, TURTLE, Format, by_name, choose, preferences

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "offered", "expected"),
    [
        (None, RESULTS, "json"),
        ("", RESULTS, "json"),
        ("*/*", RESULTS, "json"),
        ("application/sparql-results+xml", RESULTS, "xml"),
        ("text/csv", RESULTS, "csv"),
        ("text/*", RESULTS, "csv"),
        ("text/*;q=0.5, text/tab-separated-values", RESULTS, "tsv"),
        ("text/csv;q=0, text/*", RESULTS, "tsv"),
        ("image/png", RESULTS, None),
        ("image/png, */*;q=0.1", RESULTS, "json"),
        ("TEXT/Turtle", GRAPHS, "turtle"),
        ("application/rdf+xml;q=0.9, application/ld+json;q=0.8", GRAPHS, "rdfxml"),
        ("application/n-triples; q = 1", GRAPHS, "ntriples"),
        ("text/turtle;q=nonsense, application/ld+json", GRAPHS, "jsonld"),
        (BROWSER, (HTML, *GRAPHS), "html"),
        ("text/turtle", (HTML, *GRAPHS), "turtle"),
        (BROWSER, (*RESULTS, HTML), "html"),
        ("*/*", (*RESULTS, HTML), "json"),
    ],
)
def test_the_best_liked_offer_is_chosen(accept: str | None, offered: tuple[Format, ...], expected: str | None) -> None:
    found = choose(accept, offered)
    assert (found.name if found else None) == expected


@given(st.text())
def test_any_header_gives_an_offer_or_none(header: str) -> None:
    assert choose(header, RESULTS) in {*RESULTS, None}
    assert all(0 < quality <= 1 for _, quality in preferences(header))


def test_preferences_come_best_first_and_in_the_order_of_the_header() -> None:
    assert [name for name, _ in preferences("en;q=0.5, ru, de;q=0.5, fr;q=0")] == ["ru", "en", "de"]


def test_formats_are_found_by_name() -> None:
    assert by_name("TURTLE", GRAPHS) is TURTLE
    assert by_name("csv", (JSON, CSV)) is CSV
    assert by_name("pdf", (JSON, CSV)) is None

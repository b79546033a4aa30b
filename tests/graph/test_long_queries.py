from __future__ import annotations

from graph.guard import check_query
from graph.long_queries import LongQueries


def test_queries_that_differ_in_strings_and_comments_have_one_shape() -> None:
    shapes = {
        check_query(text).shape
        for text in (
            'SELECT * { ?s ?p ?o FILTER(CONTAINS(?o, "наставник")) }',
            "SELECT * {  ?s ?p ?o FILTER(CONTAINS(?o, 'ёж')) } # еще",
        )
    }
    assert len(shapes) == 1
    assert check_query("SELECT * { ?s a ?o }").shape not in shapes


def test_two_tries_in_vain_make_a_query_long_for_a_while() -> None:
    now = [0.0]
    known = LongQueries(lambda: now[0])
    known.note("q", is_short=False)
    assert "q" not in known
    known.note("q", is_short=False)
    assert "q" in known
    assert "other" not in known
    now[0] += 61
    assert "q" not in known
    known.note("q", is_short=False)
    assert "q" in known


def test_what_takes_long_again_stays_known_for_another_while() -> None:
    now = [0.0]
    queries = LongQueries(lambda: now[0])
    queries.note("known", is_short=False)
    for shape in ("known", "other"):
        queries.note(shape, is_short=False)
    for _ in range(3):
        now[0] += 50
        for shape in ("known", "other", "third"):
            queries.note_again(shape)
        assert "known" in queries
        assert "other" not in queries
        assert "third" not in queries
    now[0] += 61
    queries.note_again("known")
    assert "known" not in queries


def test_a_short_answer_clears_a_query() -> None:
    known = LongQueries()
    for _ in range(2):
        known.note("q", is_short=False)
    known.note("q", is_short=True)
    known.note("q", is_short=False)
    assert "q" not in known


def test_only_the_last_thousand_are_kept() -> None:
    known = LongQueries()
    for number in range(1001):
        for _ in range(2):
            known.note(number, is_short=False)
    assert 0 not in known
    assert 1 in known
    assert 1000 in known

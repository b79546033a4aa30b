from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.lists.facets import Chosen, Unit, select

FACETS = ("theme", "year")
UNITS = (
    Unit("body-a", {"theme": frozenset({"x"}), "year": frozenset({"2021"})}, "1"),
    Unit("body-a", {"theme": frozenset({"y"}), "year": frozenset({"2022"})}, "2"),
    Unit("body-b", {"theme": frozenset({"x", "y"}), "year": frozenset({"2022"})}, "2"),
    Unit("body-c", {}),
)


def test_all_conditions_hold_for_one_and_the_same_activity() -> None:
    chosen = {"theme": Chosen(frozenset({"x"})), "year": Chosen(frozenset({"2022"}))}
    assert select(UNITS, FACETS, chosen).things == {"body-b": {"2"}}


def test_a_value_left_out_leaves_what_has_others() -> None:
    found = select(UNITS, FACETS, {"theme": Chosen(unwanted=frozenset({"x"}))})
    assert found.things == {"body-a": {"2"}, "body-c": set()}


def test_a_count_says_what_the_value_would_leave_beside_the_other_facets() -> None:
    found = select(UNITS, FACETS, {"year": Chosen(frozenset({"2021"}))})
    assert found.counts == {"theme": {"x": 1}, "year": {"2021": 1, "2022": 2}}


units = st.lists(
    st.builds(
        Unit,
        st.sampled_from("abc"),
        st.fixed_dictionaries({name: st.frozensets(st.sampled_from("xyz")) for name in FACETS}),
        st.sampled_from("12"),
    ),
    max_size=8,
)
choices = st.dictionaries(
    st.sampled_from(FACETS),
    st.builds(
        Chosen, st.frozensets(st.sampled_from("xyz"), max_size=2), st.frozensets(st.sampled_from("xyz"), max_size=1)
    ),
)


@given(units, choices)
def test_every_count_is_what_choosing_the_value_alone_gives(some: list[Unit], chosen: dict[str, Chosen]) -> None:
    found = select(some, FACETS, chosen)
    for facet in FACETS:
        for value, count in found.counts[facet].items():
            unwanted = chosen[facet].unwanted if facet in chosen else frozenset()
            if value in unwanted:
                continue
            only = {**chosen, facet: Chosen(frozenset({value}), frozenset())}
            assert len(select(some, FACETS, only).things) == count

"""Turns are fair, and what is told of them is of pairs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.service_tables import IN_PROCESS, Measured, broken_promises, differing_rows, print_tables
from bench.turns import Asked, behind, in_turns, quicker, spread


def answers(*walls: float) -> list[Asked]:
    return [Asked(100, 5, wall) for wall in walls]


def test_each_repetition_asks_all_the_same_new_text_in_an_order_of_its_own() -> None:
    asked: list[tuple[str, str]] = []

    def way(name: str) -> Callable[[str], Asked]:
        def ask(text: str) -> Asked:
            asked.append((name, text))
            return Asked(1, 1, float(len(asked)))

        return ask

    names = ("a", "b", "c")
    turns = in_turns({name: way(name) for name in names}, "ASK {}", seconds=0.0, at_least=40)
    assert {name: len(found) for name, found in turns.answers.items()} == dict.fromkeys(names, 40)
    repetitions = [asked[start : start + 3] for start in range(0, len(asked), 3)]
    assert all(sorted(name for name, _ in one) == list(names) for one in repetitions)
    texts = [{text for _, text in one} for one in repetitions]
    assert all(len(one) == 1 for one in texts)
    assert len(set.union(*texts)) == 40
    assert all(text.startswith("ASK {}# ") for _, text in asked)
    assert {tuple(name for name, _ in one) for one in repetitions} > {("a", "b", "c"), ("c", "b", "a")}


def test_who_fails_is_asked_no_more_and_one_alone_is_not_compared() -> None:
    def fail(_: str) -> Asked:
        raise TimeoutError

    turns = in_turns({"a": lambda _: Asked(1, 1, 1.0), "b": fail}, "ASK {}", seconds=0.0, at_least=3)
    assert len(turns.answers["a"]) == 3
    assert list(turns.problems) == ["b"]
    assert "b" not in turns.answers
    turns = in_turns({"a": lambda _: Asked(1, 1, 1.0), "b": fail}, "ASK {}", seconds=60.0, at_least=3, fewest=2)
    assert len(turns.answers["a"]) == 1


def test_pairs_tell_what_medians_hide() -> None:
    # A drift by ten between the second and the third: own is quicker in every pair.
    own, other = answers(1.0, 2.0, 20.0, 21.0, 22.0), answers(1.5, 2.5, 20.5, 21.5, 22.5)
    assert quicker(own, other) == 1.0
    assert behind(own, other) == -0.5
    # The lower median, but slower in four of five.
    own, other = answers(5.0, 5.0, 5.0, 9.0, 9.0), answers(4.0, 4.0, 6.0, 8.0, 8.0)
    assert quicker(own, other) == 0.2
    assert behind(own, other) == 1.0
    assert spread(own)[0] < spread(other)[0]


def test_nine_answers_of_ten_are_within_the_spread() -> None:
    median, least, most = spread(answers(*map(float, range(1, 102))))
    assert (median, least, most) == (51.0, 6.0, 96.0)
    assert spread(answers(3.0)) == (3.0, 3.0, 3.0)


def seen(**walls: tuple[float, ...]) -> dict[str, Measured]:
    own = answers(*walls["vekha"])
    found = {}
    for name, taken in ({IN_PROCESS: (1.0, 1.0, 1.0)} | walls).items():
        found[name] = Measured(name, {"q1": answers(*taken)}, {"q1": own})
    return found


@pytest.mark.parametrize(
    ("walls", "told"),
    [
        ({"vekha": (5.0, 5.0, 5.0), "oxigraph": (6.0, 6.0, 4.0)}, []),
        ({"vekha": (5.0, 5.0, 5.0), "oxigraph": (6.0, 4.0, 4.0)}, ["q1: 1.0 ms behind oxigraph, quicker in 33%"]),
        ({"vekha": (5.0, 5.0, 5.0), "virtuoso": (1.0, 1.0, 1.0)}, []),
        ({"vekha": (11.0, 11.3, 11.3)}, ["q1: 10.1 ms more than 1.2 times"]),
    ],
)
def test_a_promise_is_judged_by_pairs(walls: dict[str, tuple[float, ...]], told: list[str]) -> None:
    broken = broken_promises(seen(**walls))
    assert len(broken) == len(told)
    assert all(f"does not hold: {start}" in line for start, line in zip(told, broken, strict=True))


def test_what_vekha_does_not_answer_or_keep_breaks_a_promise() -> None:
    found = seen(vekha=(2.0, 2.0))
    found[IN_PROCESS].questions["q1"] = answers(1.0, 1.0)
    found["vekha"].problems["q2"] = "time"
    found["vekha"].cached["q1"] = {"JSON": answers(1.0, 1.0), "CSV": answers(6.0, 7.0)}
    assert broken_promises(found) == ["does not hold: q1: 6.5 ms from the cache as CSV", "does not hold: q2: time"]
    found["vekha"] = Measured("vekha")
    assert broken_promises(found) == ["does not hold: q1: not answered"]


def test_other_rows_are_told_and_the_tables_show_every_engine(capsys: pytest.CaptureFixture[str]) -> None:
    found = seen(vekha=(5.0, 5.0, 5.0), oxigraph=(6.0, 6.0, 4.0))
    found["oxigraph"].questions["q1"][1] = Asked(100, 4, 6.0)
    found["fuseki"] = Measured("fuseki", problems={"q1": "time"})
    assert differing_rows(found) == ["other rows: oxigraph q1: 4, in process 5"]
    print_tables(1_000, found)
    shown = capsys.readouterr().out
    assert all(told in shown for told in (IN_PROCESS, "vekha", "oxigraph", "fuseki", "67%", "time", "4.2–6.0"))

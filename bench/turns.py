"""
Engines asked the same in turns: what drifts in the machine drifts for all of them, so their answers can be paired.

Each repetition has a text that nobody was asked before, and an order of the engines drawn anew: none always follows the
same other.  Which of two engines is the quicker one is told by the median of their differences, repetition by
repetition, not by the difference of their medians.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer: its size, and the milliseconds it took by the clock and, if told, by the server's processors."""

    bytes: int
    rows: int
    wall: float
    processor: float = 0.0


@dataclass(frozen=True, slots=True)
class Turns:
    """The answers of each engine, one of each repetition; of one that gave an error, only that."""

    answers: dict[str, list[Asked]]
    problems: dict[str, Exception]


def anew(text: str, *numbers: int) -> str:
    """The same question with a comment of its own, which makes it a new one for every cache."""
    return f"{text}# {' '.join(map(str, (*numbers, time.time_ns())))}"


def in_turns(
    ways: Mapping[str, Callable[[str], Asked]], text: str, *, seconds: float, at_least: int, fewest: int = 1
) -> Turns:
    """
    What each engine answered, asked one after the other until the seconds are over, and not less than so often.

    An engine that fails is asked no more; where fewer than `fewest` are left, nobody is.
    """
    answers: dict[str, list[Asked]] = {name: [] for name in ways}
    problems: dict[str, Exception] = {}
    drawn, started, done = Random(text), time.perf_counter(), 0
    while len(answers) >= fewest and (done < at_least or time.perf_counter() - started < seconds):
        asked = anew(text, done)
        for name in drawn.sample(list(answers), len(answers)):
            try:
                answers[name].append(ways[name](asked))
            except (OSError, RuntimeError) as error:
                problems[name] = error
                del answers[name]
        done += 1
    return Turns(answers, problems)


def spread(answers: Sequence[Asked]) -> tuple[float, float, float]:
    """Milliseconds by the clock: the median, and those between which nine of ten answers were."""
    walls = [asked.wall for asked in answers]
    if len(walls) == 1:
        return walls[0], walls[0], walls[0]
    twentieths = statistics.quantiles(walls, n=20, method="inclusive")
    return statistics.median(walls), twentieths[0], twentieths[-1]


def quicker(own: Sequence[Asked], other: Sequence[Asked]) -> float:
    """In what share of the repetitions the first was the quicker one of the two."""
    return statistics.mean(a.wall < b.wall for a, b in zip(own, other, strict=True))


def behind(own: Sequence[Asked], other: Sequence[Asked], *, times: float = 1.0) -> float:
    """Median milliseconds by which the first took longer than so many times the other; negative if less."""
    return statistics.median(a.wall - times * b.wall for a, b in zip(own, other, strict=True))

from __future__ import annotations

import logging
import threading

import pytest

from graph.errors import GraphError, NothingLoadedError
from graph.following import Follower
from tests.patience import PATIENCE, wait_until

SHORT = 0.001


class Script:
    """What `follow` does, call by call: raises the errors in their order, and then nothing any more."""

    def __init__(self, *errors: Exception | None) -> None:
        self.errors = list(errors)
        self.calls = 0
        self.over = threading.Event()

    def __call__(self) -> None:
        self.calls += 1
        error = self.errors.pop(0) if self.errors else None
        if not self.errors and error is None:
            self.over.set()
        if error is not None:
            raise error


def told_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Applications of other tests may tell something, too."""
    return [record.message for record in caplog.records if record.name == "graph.following"]


def test_errors_are_told_once_for_as_long_as_they_stay_the_same(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    script = Script(
        NothingLoadedError("Nothing is loaded"),
        GraphError("The engine is down"),
        GraphError("The engine is down"),
        GraphError("The engine is full"),
        None,
        GraphError("The engine is down"),
        None,
    )
    with Follower("one", script, pause=SHORT, longest_pause=SHORT):
        assert script.over.wait(PATIENCE)
    assert told_in(caplog) == ["The engine is down", "The engine is full", "The engine is down"]


def test_an_error_that_nobody_thought_of_is_told_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    script = Script(KeyError("what"), KeyError("what"), None)
    with Follower("two", script, pause=SHORT, longest_pause=SHORT) as follower:
        assert script.over.wait(PATIENCE)
        wait_until(lambda: follower.problem is None)
    assert told_in(caplog) == ["two: what follows the data versions failed"]
    assert "KeyError: 'what'" in caplog.text


def test_the_problem_is_known_until_it_is_over() -> None:
    goes_well = threading.Event()
    error = GraphError("down")

    def follow() -> None:
        if not goes_well.is_set():
            raise error

    with Follower("three", follow, pause=SHORT, longest_pause=SHORT) as follower:
        wait_until(lambda: follower.problem is error)
        goes_well.set()
        wait_until(lambda: follower.problem is None)


def test_pauses_grow_while_it_fails_and_are_short_again_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(*[GraphError("down")] * 5, None, GraphError("down"), None)
    follower = Follower("four", script, pause=1.0, longest_pause=10.0)
    pauses: list[float] = []

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        return script.over.is_set()

    monkeypatch.setattr(follower.stopping, "wait", wait)
    with follower:
        assert script.over.wait(PATIENCE)
    assert pauses[:9] == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0, 1.0, 2.0, 1.0]


def test_leaving_ends_the_thread_and_it_can_be_begun_again() -> None:
    followed = threading.Event()
    follower = Follower("five of the tests", followed.set, pause=SHORT, longest_pause=SHORT)
    for _ in range(2):
        followed.clear()
        with follower:
            assert followed.wait(PATIENCE)
        assert not [thread for thread in threading.enumerate() if thread.name == "five of the tests"]


def test_leaving_waits_no_longer_than_its_patience() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def follow() -> None:
        begun.set()
        assert go_on.wait(PATIENCE)

    with Follower("six of the tests", follow, pause=SHORT, longest_pause=SHORT, patience=0.0):
        assert begun.wait(PATIENCE)
    [left] = [thread for thread in threading.enumerate() if thread.name == "six of the tests"]
    go_on.set()
    left.join(PATIENCE)
    assert not left.is_alive()

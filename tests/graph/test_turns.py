"""Places of the pool of remote queries."""

from __future__ import annotations

import threading
from functools import partial

from graph.remote.turns import Turns
from tests.patience import PATIENCE, wait_until


def test_places_are_given_in_the_order_in_which_they_were_asked_for() -> None:
    turns, order, told = Turns(2), list[int](), threading.Condition()

    def wait(number: int) -> None:
        assert turns.take(PATIENCE, most=10)
        with told:
            order.append(number)
            told.notify_all()

    def are_waiting(number: int) -> bool:
        return turns.waiting == number

    def have_had_their_turn(number: int) -> bool:
        return len(order) == number

    assert turns.take(0, most=0)
    assert turns.take(0, most=0)
    threads = [threading.Thread(target=wait, args=(number,)) for number in range(6)]
    for number, thread in enumerate(threads):
        thread.start()
        wait_until(partial(are_waiting, number + 1))
    for number in range(6):
        turns.give_back()
        with told:
            assert told.wait_for(partial(have_had_their_turn, number + 1), PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == list(range(6))


def test_who_does_not_wait_longer_leaves_no_gap() -> None:
    turns = Turns(1)
    assert turns.take(0, most=0)
    assert turns.take(0, most=0) is None
    assert turns.take(0, most=1) is False
    assert turns.waiting == 0
    turns.give_back()
    assert turns.take(0, most=0)
    assert turns.take(0, most=1) is False
    turns.give_back()
    assert turns.take(0, most=0)

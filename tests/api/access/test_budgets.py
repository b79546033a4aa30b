from __future__ import annotations

from pathlib import Path

import pytest

from api.access.budgets import BudgetError, Budgets
from api.access.identity import Identity
from api.access.users import Role
from api.app import create_app
from api.installation import Installation
from api.settings import read_settings

ONE = Identity(None, Role.ANONYMOUS, client="address:192.0.2.1")
OTHER = Identity(None, Role.ANONYMOUS, client="address:192.0.2.2")
ANNA = Identity("anna", Role.ANALYST, client="user:anna")
ADMIN = Identity("root", Role.ADMIN, client="user:root")


def test_who_used_up_the_seconds_waits_and_others_do_not() -> None:
    budgets = Budgets(seconds=3, user_seconds=6, errors=0, waiting=4)
    for _ in range(2):
        budgets.check(ONE)
        budgets.spend(ONE, 1.4)
    budgets.check(ONE)
    budgets.spend(ONE, 1.4)
    with pytest.raises(BudgetError) as told:
        budgets.check(ONE)
    assert 1 <= told.value.wait <= 60
    assert "3 s" in str(told.value)
    budgets.check(OTHER)
    budgets.spend(ANNA, 4)
    budgets.check(ANNA)


def test_one_query_longer_than_the_budget_counts_whole() -> None:
    budgets = Budgets(seconds=3, user_seconds=3, errors=0, waiting=4)
    budgets.spend(ONE, 50)
    with pytest.raises(BudgetError):
        budgets.check(ONE)


def test_queries_that_still_run_count() -> None:
    budgets = Budgets(seconds=3, user_seconds=3, errors=0, waiting=4)
    budgets.check(ONE, running=2.9)
    with pytest.raises(BudgetError):
        budgets.check(ONE, running=3.1)


def test_errors_have_a_budget_of_their_own() -> None:
    budgets = Budgets(seconds=0, user_seconds=0, errors=3, waiting=4)
    for _ in range(3):
        budgets.check(ANNA)
        budgets.err(ANNA)
    with pytest.raises(BudgetError):
        budgets.check(ANNA)
    budgets.check(ONE)


def test_admins_and_a_budget_of_zero_have_no_limit() -> None:
    budgets = Budgets(seconds=1, user_seconds=1, errors=1, waiting=4)
    for _ in range(5):
        budgets.spend(ADMIN, 100)
        budgets.err(ADMIN)
        budgets.check(ADMIN)
    unlimited = Budgets(seconds=0, user_seconds=0, errors=0, waiting=4)
    unlimited.spend(ONE, 1e6)
    unlimited.err(ONE)
    unlimited.check(ONE)


@pytest.mark.parametrize("seconds", [0, 1000])
def test_one_client_never_fills_the_queue_whatever_its_budget(seconds: float) -> None:
    budgets = Budgets(seconds=seconds, user_seconds=seconds, errors=0, waiting=6)
    for client in (ONE, ANNA):
        budgets.check(client, at_once=2)
        with pytest.raises(BudgetError, match=r"^3 of your queries run or wait already"):
            budgets.check(client, at_once=3)
    budgets.check(ADMIN, at_once=100)
    small = Budgets(seconds=seconds, user_seconds=seconds, errors=0, waiting=0)
    small.check(ONE)
    with pytest.raises(BudgetError):
        small.check(ONE, at_once=1)


def test_a_client_has_half_of_the_queue_of_the_service(tmp_path: Path) -> None:
    app = create_app(read_settings(data=tmp_path / "data", budget_seconds=0, budget_errors=0))
    half = Installation.of(read_settings(data=tmp_path / "data")).limits.waiting // 2
    assert half > 1
    app.state.budgets.check(ONE, at_once=half - 1)
    with pytest.raises(BudgetError):
        app.state.budgets.check(ONE, at_once=half)

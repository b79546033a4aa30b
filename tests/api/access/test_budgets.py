from __future__ import annotations

import pytest

from api.access.budgets import BudgetError, Budgets
from api.access.identity import Identity
from api.access.users import Role

ONE = Identity(None, Role.ANONYMOUS, client="address:192.0.2.1")
OTHER = Identity(None, Role.ANONYMOUS, client="address:192.0.2.2")
ANNA = Identity("anna", Role.ANALYST, client="user:anna")
ADMIN = Identity("root", Role.ADMIN, client="user:root")


def test_who_used_up_the_seconds_waits_and_others_do_not() -> None:
    budgets = Budgets(seconds=3, user_seconds=6, errors=0)
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
    budgets = Budgets(seconds=3, user_seconds=3, errors=0)
    budgets.spend(ONE, 50)
    with pytest.raises(BudgetError):
        budgets.check(ONE)


def test_queries_that_still_run_count() -> None:
    budgets = Budgets(seconds=3, user_seconds=3, errors=0)
    budgets.check(ONE, running=2.9)
    with pytest.raises(BudgetError):
        budgets.check(ONE, running=3.1)


def test_errors_have_a_budget_of_their_own() -> None:
    budgets = Budgets(seconds=0, user_seconds=0, errors=3)
    for _ in range(3):
        budgets.check(ANNA)
        budgets.err(ANNA)
    with pytest.raises(BudgetError):
        budgets.check(ANNA)
    budgets.check(ONE)


def test_admins_and_a_budget_of_zero_have_no_limit() -> None:
    budgets = Budgets(seconds=1, user_seconds=1, errors=1)
    for _ in range(5):
        budgets.spend(ADMIN, 100)
        budgets.err(ADMIN)
        budgets.check(ADMIN)
    unlimited = Budgets(seconds=0, user_seconds=0, errors=0)
    unlimited.spend(ONE, 1e6)
    unlimited.err(ONE)
    unlimited.check(ONE)

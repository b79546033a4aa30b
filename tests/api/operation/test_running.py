from __future__ import annotations

import json
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest

from api.access.budgets import BudgetError, Budgets
from api.access.identity import Identity
from api.access.users import Role
from api.operation.metrics import Metrics
from api.operation.query_log import QueryLog, QueryRecord, _PrivateFile
from api.operation.running import RunningQueries, RunningQuery
from api.problems import ProblemError
from graph.errors import (
    PoolBusyError,
    QueryCancelledError,
    QueryMemoryError,
    QueryTimeoutError,
    ResultTooLargeError,
)

# Queries that may wait.
WAITING = 12
ANNA = Identity("anna", Role.ANALYST, client="user:anna")
Lines = Callable[[], list[dict[str, object]]]


class Evaluation:
    """What a worker tells of a query at its end."""

    def __init__(self, *, rows: int | None = 3, cut: str | None = None) -> None:
        self.rows, self.cut = rows, cut
        self.bytes, self.version, self.peak_memory = 0 if rows is None else 120, 7, 64 * 1024**2
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "access"


@pytest.fixture
def running(folder: Path, metrics: Metrics) -> Iterator[RunningQueries]:
    log = QueryLog(folder)
    yield RunningQueries(
        budgets=Budgets(seconds=0, user_seconds=0, errors=4, waiting=WAITING), log=log, metrics=metrics, slow_seconds=60
    )
    log.close()


@pytest.fixture
def lines(folder: Path) -> Lines:
    return lambda: [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_query_is_listed_while_it_runs_and_logged_after_its_answer(
    running: RunningQueries, folder: Path, lines: Lines
) -> None:
    with running.track("ASK {}", ANNA) as entry:
        entry.started(Evaluation())
        assert running.listed() == [entry]
        assert running.find(entry.id) is entry
    assert running.listed() == []
    # Who asked has the answer first.
    assert not folder.exists()
    running.write_ended()
    running.write_ended()
    (line,) = lines()
    assert line | {"time": 0, "seconds": 0, "hash": 0} == {
        "id": entry.id,
        "time": 0,
        "client": "user:anna",
        "role": "analyst",
        "kind": "sparql",
        "hash": 0,
        "status": "done",
        "seconds": 0,
        "version": 7,
        "rows": 3,
        "bytes": 120,
        "peak_memory": 64 * 1024**2,
    }
    assert running.recent()[0].id == entry.id


def test_a_query_that_runs_no_more_is_one_that_ended(running: RunningQueries, monkeypatch: pytest.MonkeyPatch) -> None:
    record, found = RunningQuery.record, list[bool]()

    def look(entry: RunningQuery, error: BaseException | None, slow_seconds: float) -> QueryRecord:
        found.append(running.listed() == [entry])
        return record(entry, error, slow_seconds)

    monkeypatch.setattr(RunningQuery, "record", look)
    with running.track("ASK {}", ANNA) as entry:
        pass
    # What is known of it at the end is put together before it is listed no more.
    assert found == [True]
    assert (running.listed(), [one.id for one in running.recent()]) == ([], [entry.id])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QueryTimeoutError("too long"), "timeout"),
        (QueryMemoryError("too much"), "memory"),
        (ResultTooLargeError("too many"), "too-large"),
        (QueryCancelledError("stopped"), "cancelled"),
        (PoolBusyError("busy"), "busy"),
        (ProblemError(406, "no such form"), "refused"),
        (ZeroDivisionError(), "failed"),
    ],
)
def test_what_went_wrong_is_logged_with_the_text(
    running: RunningQueries, lines: Lines, metrics: Metrics, error: Exception, status: str
) -> None:
    with pytest.raises(type(error)), running.track("SELECT «ёлка»", ANNA):
        raise error
    running.write_ended()
    (line,) = lines()
    assert line["status"] == status
    assert line.get("text") == (None if status == "cancelled" else "SELECT «ёлка»")
    shown = metrics.text().decode()
    assert f'vekha_queries_total{{kind="sparql",role="analyst",status="{status}"}} 1.0' in shown


def test_a_cut_a_slow_and_an_abandoned_query_are_told_apart(folder: Path, metrics: Metrics, lines: Lines) -> None:
    log = QueryLog(folder)
    running = RunningQueries(
        budgets=Budgets(seconds=0, user_seconds=0, errors=0, waiting=WAITING), log=log, metrics=metrics, slow_seconds=0
    )
    for evaluation in (Evaluation(cut="rows"), Evaluation(), Evaluation(rows=None)):
        with running.track("ASK {}", ANNA) as entry:
            entry.started(evaluation)
    with running.track("due-in-month?month=5", ANNA, kind="question") as entry:
        entry.ended("cached", size=10, version=3)
    running.write_ended()
    log.close()
    found = [(line["status"], line.get("cut"), "text" in line) for line in lines()]
    assert found == [("cut", "rows", True), ("done", None, True), ("cancelled", None, True), ("cached", None, True)]


def test_a_query_is_cancelled_also_before_it_got_a_worker(running: RunningQueries) -> None:
    evaluation = Evaluation()
    with running.track("ASK {}", ANNA) as entry:
        entry.cancel()
        entry.started(evaluation)
    assert evaluation.cancelled
    late = Evaluation()
    with running.track("ASK {}", ANNA) as entry:
        entry.started(late)
        entry.cancel()
    assert late.cancelled


def test_errors_of_the_client_use_up_its_budget_and_ours_do_not(running: RunningQueries, metrics: Metrics) -> None:
    for _ in range(6):
        with pytest.raises(PoolBusyError), running.track("ASK {}", ANNA):
            raise PoolBusyError("busy")
    for _ in range(4):
        with pytest.raises(QueryTimeoutError), running.track("ASK {}", ANNA):
            raise QueryTimeoutError("too long")
    with pytest.raises(BudgetError), running.track("ASK {}", ANNA):
        raise AssertionError("it must not be evaluated")
    assert running.listed() == []
    assert b"vekha_over_budget_total 1.0" in metrics.text()


def test_queries_that_end_at_once_open_the_log_once(
    running: RunningQueries, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    open_it = _PrivateFile._open

    def open_slowly(file: _PrivateFile) -> IO[str]:
        opened.append(file)
        # Time for the others to come here too, if they could.
        threading.Event().wait(0.2)
        return open_it(file)

    monkeypatch.setattr(_PrivateFile, "_open", open_slowly)

    def ask() -> None:
        with running.track("ASK {}", ANNA):
            pass
        running.write_ended()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1
    assert len(lines()) == 8


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")
def test_only_the_owner_reads_the_log(running: RunningQueries, folder: Path) -> None:
    with running.track("ASK {}", ANNA):
        pass
    running.write_ended()
    assert stat.S_IMODE((folder / "queries.jsonl").stat().st_mode) == 0o600


def test_a_log_that_cannot_be_written_stops_no_query(
    tmp_path: Path, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "access").write_text("in the way", encoding="utf-8")
    log = QueryLog(tmp_path / "access")
    running = RunningQueries(
        budgets=Budgets(seconds=0, user_seconds=0, errors=0, waiting=WAITING), log=log, metrics=metrics, slow_seconds=0
    )
    for _ in range(3):
        with running.track("ASK {}", ANNA):
            pass
        running.write_ended()
    assert len(caplog.records) == 1


def test_nothing_is_written_where_no_data_folder_is(tmp_path: Path, metrics: Metrics) -> None:
    log = QueryLog(tmp_path / "none" / "access")
    running = RunningQueries(
        budgets=Budgets(seconds=0, user_seconds=0, errors=0, waiting=WAITING), log=log, metrics=metrics, slow_seconds=0
    )
    with running.track("ASK {}", ANNA):
        pass
    running.write_ended()
    assert not (tmp_path / "none").exists()


def test_what_the_service_asks_for_itself_costs_the_client_nothing(
    folder: Path, metrics: Metrics, lines: Lines
) -> None:
    log, budgets = QueryLog(folder), Budgets(seconds=0, user_seconds=100, errors=1, waiting=WAITING)
    running = RunningQueries(budgets=budgets, log=log, metrics=metrics, slow_seconds=60)
    with pytest.raises(ProblemError), running.track("count", ANNA, kind="question", charged=False):
        raise ProblemError(504, "too long")
    budgets.check(ANNA)
    budgets.err(ANNA)
    with pytest.raises(BudgetError), running.track("ASK {}", ANNA):
        pass
    with running.track("count", ANNA, kind="question", charged=False) as entry:
        assert running.listed() == [entry]
        entry.ended("done")
    running.write_ended()
    log.close()
    assert [(line["client"], line["status"]) for line in lines()] == [("user:anna", "refused"), ("user:anna", "done")]


def test_one_client_does_not_fill_the_queue_of_all(folder: Path, metrics: Metrics) -> None:
    log, budgets = QueryLog(folder), Budgets(seconds=0, user_seconds=1000, errors=0, waiting=WAITING)
    running = RunningQueries(budgets=budgets, log=log, metrics=metrics, slow_seconds=60)
    with ExitStack() as held:
        for number in range(WAITING // 2):
            held.enter_context(running.track(f"ASK {{}} #{number}", ANNA))
        with pytest.raises(BudgetError, match="run or wait already") as refused, running.track("ASK {}", ANNA):
            pass
        assert refused.value.wait == 1
        with running.track("ASK {}", replace(ANNA, client="user:boris")):
            pass
        with running.track("ASK {}", ANNA, charged=False):
            pass
    with running.track("ASK {}", ANNA):
        pass
    log.close()

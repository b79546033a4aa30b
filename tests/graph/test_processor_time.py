from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from graph.processor_time import Allowance, processor_seconds

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what another process took")

# Two figures, each told in whole steps.
STEPS = 0.02


def compute() -> None:
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass


def test_what_a_process_took_is_that_of_its_own_clock() -> None:
    compute()
    before = time.process_time()
    told = processor_seconds(os.getpid())
    assert told is not None
    assert before - STEPS <= told <= time.process_time() + STEPS


def test_a_process_that_sleeps_uses_nothing_of_its_allowance() -> None:
    sleeping = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        allowance = Allowance(sleeping.pid, 1000.0, now=0.0)
        assert 999 < allowance.left(now=9000.0) <= 1000
        assert allowance.left(now=10_000.0) == 0
        assert allowance.has_rest()
    finally:
        sleeping.communicate(b"\n")


def test_a_process_uses_up_its_allowance() -> None:
    allowance = Allowance(os.getpid(), 0.05 - STEPS, now=0.0)
    compute()
    assert allowance.left(now=0.0) <= 0
    assert not allowance.has_rest()


def test_where_nothing_is_told_the_clock_counts() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert processor_seconds(gone.pid) is None
    allowance = Allowance(gone.pid, 2.0, now=5.0)
    assert allowance.left(now=6.5) == 0.5
    assert allowance.left(now=7.0) == 0
    assert not allowance.has_rest()

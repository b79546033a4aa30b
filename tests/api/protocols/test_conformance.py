"""The W3C suites that this service itself decides, and our own checks, through HTTP; `make conformance` runs all."""

from __future__ import annotations

from pathlib import Path

from bench.conformance import GROUPS, SHORT_SUITES, Verdict, locked, opened, run_suites, score


def failed(tests: list[Verdict]) -> list[str]:
    return [f"{test.manifest} {test.name}: {test.why[:300]}" for test in tests if test.status != "PASS"]


def test_protocols_conform_where_the_suite_may_write(shared: Path, tmp_path: Path) -> None:
    with opened(tmp_path, shared / "w3c") as server:
        tests = run_suites(server, [suite for suite in SHORT_SUITES if suite != "extras"], tests=shared / "w3c")
    assert failed(tests) == []
    counts = {group.title: score(tests, group).passed for group in GROUPS[:3]}
    assert counts == {"SPARQL 1.1 Protocol": 34, "Graph Store Protocol": 13, "Service Description": 3}


def test_the_locked_service_passes_all_extras(shared: Path, tmp_path: Path) -> None:
    with locked(tmp_path) as server:
        tests = run_suites(server, ["extras"], tests=shared / "w3c")
    assert failed(tests) == []
    assert len(tests) == 39

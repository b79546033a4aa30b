from __future__ import annotations

import csv
import io
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import quality
from api.commands.examples import example_documents
from api.importing.loading import load
from api.quality import Findings
from api.quality_rules import RULES
from api.settings import read_settings
from graph.snapshots import Snapshot
from graph.validation import Validator, shape_name
from tests.api.conftest import serving
from tests.patience import PATIENCE, wait_until

HTML = {"Accept": "text/html"}


def findings(client: TestClient, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"/quality.csv?lang=en&{query}").text)))


def test_each_rule_counts_its_findings_and_leads_to_them(client: TestClient) -> None:
    page = client.get("/quality", headers=HTML).text
    rows = re.findall(r'<a href="/quality\?rule=([a-z-]+)">[^<]+</a></td>.*?class="number">(\d+)</td>', page, re.DOTALL)
    counted = Counter(finding["rule"] for finding in findings(client))
    assert {rule: int(count) for rule, count in rows} == counted
    assert {"no-number": 59, "split-by-page": 17, "no-result": 19, "no-actor": 1}.items() <= counted.items()
    for rule, count in rows:
        listed = client.get(f"/quality?rule={rule}", headers=HTML).text
        assert re.search(rf'<span class="count">{count}</span>', listed)


def test_shapes_and_rules_of_the_same_name_find_the_same(client: TestClient, five_roadmaps: Snapshot) -> None:
    shapes = Counter(
        (shape_name(finding), finding.message("en").removesuffix("."))
        for finding in Validator().check(list(five_roadmaps.triples())).findings
    )
    rules = Counter(
        (RULES[finding["rule"]].shape, RULES[finding["rule"]].sentence)
        for finding in findings(client)
        if finding["rule"] in RULES and RULES[finding["rule"]].shape
    )
    assert rules == shapes
    assert shapes.total() == 21


def test_a_finding_leads_to_its_cell_on_the_page_of_the_document(client: TestClient) -> None:
    page = client.get("/quality?rule=misplaced-content", headers=HTML).text
    cells = re.findall(r'<a href="(/id/cell/[^"]+)">([^<]+)</a>', page)
    assert len(cells) == 5
    answer = client.get(cells[0][0], headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/roadmaps/")


def test_findings_of_one_document_are_a_list_for_its_author(client: TestClient) -> None:
    page = client.get("/quality?roadmap=tomsk-obl-mr", headers=HTML).text
    assert 'href="/quality.csv?roadmap=tomsk-obl-mr" download' in page
    rows = findings(client, "roadmap=tomsk-obl-mr")
    assert len({row["document"] for row in rows}) == 1
    assert "no-period" in {row["rule"] for row in rows}
    assert all(row["place"] for row in rows if row["cell"])


def test_a_rule_nobody_knows_is_no_page(client: TestClient) -> None:
    assert client.get("/quality?rule=nothing-such", headers=HTML).status_code == 404


def test_the_trend_tells_how_many_there_were_in_each_kept_version(tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data", workers=1)
    first, *_others, last = example_documents()
    for document in (first, last):
        assert load(settings, [document], lambda _event: None)["complete"]
    with serving(settings) as client:
        page = client.get("/quality?trend=shown", headers=HTML).text
        total = len(findings(client))
    table = page[page.index('id="trend"') :]
    rows = re.findall(r'<th scope="row">(\d+)</th>.*?<td class="number">(\d+)</td></tr>', table)
    assert [int(count) for _, count in rows] == sorted(int(count) for _, count in rows)
    assert int(rows[-1][1]) == total
    assert int(rows[-2][1]) < total


@pytest.mark.parametrize("address", ["/quality", "/quality?rule=no-result"])
def test_texts_of_documents_stay_texts(hostile_client: TestClient, address: str) -> None:
    page = hostile_client.get(address, headers=HTML).text
    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_version_whose_findings_are_slow_keeps_nobody_from_another(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, begun = threading.Event(), list[int]()

    def read(knowledge: Any) -> tuple[int, ...]:  # noqa: ANN401  (stands for a data version)
        begun.append(knowledge.version)
        assert knowledge.version != 1 or go_on.wait(PATIENCE)
        return (knowledge.version,)

    monkeypatch.setattr(quality, "_read", read)
    kept: Any = Findings()
    first, second = SimpleNamespace(version=1), SimpleNamespace(version=2)
    with ThreadPoolExecutor() as threads:
        slow = [threads.submit(kept.of, first) for _ in range(3)]
        wait_until(lambda: begun == [1])
        assert kept.of(second) == (2,)
        assert not any(one.done() for one in slow)
        go_on.set()
        assert [one.result(PATIENCE) for one in slow] == [(1,)] * 3
    # Who waited for the first got what it made.
    assert kept.of(second) == (2,)
    assert begun == [1, 2]

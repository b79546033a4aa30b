"""What the service as a whole does for whom: answers from the cache, budgets."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.access.users import Role, Users
from api.settings import read_settings
from tests.api.conftest import serving

QUESTION = "/api/questions/activities-per-roadmap"


@pytest.fixture(scope="module")
def folder(examples_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(examples_folder, tmp_path_factory.mktemp("access") / "data"))


@pytest.fixture(scope="module")
def token(folder: Path) -> str:
    return Users(folder / "access").add("anna", Role.ANALYST)[1]


@pytest.fixture
def fresh(folder: Path) -> Iterator[TestClient]:
    with serving(read_settings(data=folder, workers=1)) as client:
        yield client


def statuses(folder: Path) -> list[tuple[str, str]]:
    lines = (folder / "access" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [(record["role"], record["status"]) for record in map(json.loads, lines)]


def test_an_answer_is_kept_for_who_has_the_same_rights(fresh: TestClient, folder: Path, token: str) -> None:
    before = len(statuses(folder)) if (folder / "access" / "queries.jsonl").exists() else 0
    user = {"Authorization": f"Bearer {token}"}
    first = fresh.get(QUESTION)
    again = fresh.get(QUESTION)
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["vekha-version"] == first.headers["vekha-version"]
    assert fresh.get(QUESTION, params={"format": "csv"}).headers["content-type"].startswith("text/csv")
    assert fresh.get(QUESTION, params={"lang": "en"}).json()["title"] != first.json()["title"]
    assert fresh.get(QUESTION, headers=user).json() == first.json()
    assert statuses(folder)[before:] == [
        ("anonymous", "done"),
        ("anonymous", "cached"),
        # The answer is kept, whatever form it is given in.
        ("anonymous", "cached"),
        ("anonymous", "done"),
        ("analyst", "done"),
    ]


def test_a_wrong_value_is_logged_and_never_kept(fresh: TestClient, folder: Path) -> None:
    for _ in range(2):
        assert fresh.get("/api/questions/due-in-month", params={"month": "13"}).status_code == 400
    assert statuses(folder)[-2:] == [("anonymous", "refused")] * 2


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_who_used_up_its_budget_is_told_when_to_come_back(folder: Path, token: str, accept: str) -> None:
    with serving(read_settings(data=folder, workers=1, budget_errors=2)) as client:
        for _ in range(2):
            client.get("/api/questions/due-in-month", params={"month": "13"})
        refused = client.get(
            "/questions/due-in-month" if accept == "text/html" else QUESTION, headers={"Accept": accept}
        )
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert "через" in refused.text
        assert client.get(QUESTION, headers={"Authorization": f"Bearer {token}"}).status_code == 200
        assert client.get("/help", headers={"Accept": "text/html"}).status_code == 200

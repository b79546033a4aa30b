from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.access.sign_in_links import demo_link
from api.access.users import Users
from api.app import create_app
from api.operation.serving import _is_private
from api.settings import read_settings
from graph.folder import DataFolder
from tests.api.importing.test_pages import csrf


def visitor(folder: Path, *, client: str = "127.0.0.1") -> tuple[TestClient, str]:
    link = demo_link(DataFolder(folder))
    app = create_app(read_settings(data=folder, workers=1), sign_in_link=link)
    asked = TestClient(app, client=(client, 5000), follow_redirects=False, headers={"Accept": "text/html"})
    return asked, link.secret


def follow(asked: TestClient, secret: str) -> int:
    page = asked.get("/sign-in", params={"once": secret}).text
    return asked.post("/sign-in", data={"csrf": csrf(page), "once": secret, "next": "/import"}).status_code


def test_the_link_signs_in_once_after_a_click(tmp_path: Path) -> None:
    asked, secret = visitor(tmp_path)
    for _ in range(3):
        page = asked.get("/sign-in", params={"once": secret}).text
        assert "Войти как «demo»" in page
    assert asked.get("/queries").status_code == 401
    assert follow(asked, secret) == 303
    assert "demo" in asked.get("/queries").text
    used = asked.get("/sign-in", params={"once": secret}).text
    assert "Войти как «demo»" not in used
    assert "Этой ссылкой уже вошли" in used
    asked.cookies.clear()
    assert follow(asked, secret) == 401


@pytest.mark.parametrize("secret", ["wrong", "", "ё", "x" * 5000])
def test_another_secret_counts_for_nothing(tmp_path: Path, secret: str) -> None:
    asked, right = visitor(tmp_path)
    assert follow(asked, secret) == 401
    assert follow(asked, right) == 303


def test_another_machine_cannot_use_the_link(tmp_path: Path) -> None:
    asked, secret = visitor(tmp_path, client="192.0.2.7")
    assert follow(asked, secret) == 401


def test_each_demo_makes_its_own_user_anew(tmp_path: Path) -> None:
    first, second = demo_link(DataFolder(tmp_path)), demo_link(DataFolder(tmp_path))
    users = Users(tmp_path / "access")
    assert users.with_key(first.user.key) is None
    (user,) = users.listed()
    assert (user.key, user.role.word, user.expires is not None) == (second.user.key, "editor", True)


@pytest.mark.parametrize(
    ("settings", "private"),
    [
        ({}, True),
        ({"host": "localhost"}, True),
        ({"host": "0.0.0.0"}, False),
        ({"read_only": True}, False),
        ({"trusted_proxies": ("127.0.0.1",)}, False),
    ],
)
def test_only_a_server_that_this_machine_alone_reaches_makes_one(
    tmp_path: Path, *, settings: dict[str, object], private: bool
) -> None:
    assert _is_private(read_settings(data=tmp_path, **settings)) is private

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from api.access.rights import allow, identity_of
from api.access.users import Role, Users
from api.app import create_app
from api.settings import read_settings
from tests.api.test_pages import HTML, links_of

SECRET = re.compile(r'name="csrf" value="([\w-]+)"')


def _who(request: Request) -> JSONResponse:
    return JSONResponse({"name": identity_of(request).name, "role": identity_of(request).role.word})


def _change(request: Request) -> JSONResponse:
    return JSONResponse({"name": allow(request, "update").name})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def token(folder: Path) -> str:
    return Users(folder / "access").add("anna", Role.EDITOR)[1]


def serve(folder: Path, *, base: str = "http://vekha.example", **settings: object) -> TestClient:
    app = create_app(read_settings(data=folder, workers=1, **settings))
    app.router.routes[:0] = [Route("/who", _who), Route("/change", _change, methods=["POST"])]
    return TestClient(app, base_url=base, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def browser(folder: Path, token: str) -> Iterator[TestClient]:
    assert token
    with serve(folder) as client:
        yield client


def secret_of(page: Response) -> str:
    found = SECRET.search(page.text)
    assert found, page.text
    return found[1]


def sign_in(browser: TestClient, token: str, **fields: str) -> Response:
    csrf = secret_of(browser.get("/sign-in", headers=HTML))
    return browser.post("/sign-in", data={"csrf": csrf, "token": token, **fields}, headers=HTML)


def who(browser: TestClient) -> str | None:
    name: str | None = browser.get("/who").json()["name"]
    return name


def test_a_token_signs_in_and_out(browser: TestClient, token: str) -> None:
    assert who(browser) is None
    entered = sign_in(browser, f" {token}\n", next="/questions/who-is-responsible?theme=monitoring")
    assert entered.status_code == 303
    assert entered.headers["location"] == "/questions/who-is-responsible?theme=monitoring"
    assert who(browser) == "anna"
    page = browser.get("/help", headers=HTML)
    assert "anna" in page.text
    assert token not in page.text
    left = browser.post("/sign-out", data={"csrf": secret_of(page)}, headers=HTML)
    assert left.status_code == 303
    assert who(browser) is None


def test_the_cookie_is_for_this_site_only_and_holds_no_token(browser: TestClient, token: str) -> None:
    cookie = sign_in(browser, token).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie
    assert token.split("_", 2)[2].lower() not in cookie


def test_behind_https_the_cookie_never_travels_without(folder: Path, token: str) -> None:
    with serve(folder, base="https://vekha.example", https=True) as browser:
        entered = sign_in(browser, token)
        cookie = entered.headers["set-cookie"].lower()
        assert cookie.startswith("__host-vekha=")
        assert "secure" in cookie
        assert "max-age" in entered.headers["strict-transport-security"]
        assert who(browser) == "anna"


@pytest.mark.parametrize("wrong", ["", "vekha_1_2", "<script>alert(1)</script>"])
def test_a_wrong_token_is_told_on_the_page(browser: TestClient, wrong: str) -> None:
    page = sign_in(browser, wrong)
    assert page.status_code == 401
    assert 'role="alert"' in page.text
    assert ("Впишите ключ" if not wrong else "Ключ неизвестен") in page.text
    assert links_of(page.text).dangers == []
    assert who(browser) is None
    assert page.headers["cache-control"] == "no-store"


def test_a_form_of_another_site_does_nothing(browser: TestClient, token: str) -> None:
    assert browser.post("/sign-in", data={"token": token}).status_code == 403
    csrf = secret_of(browser.get("/sign-in", headers=HTML))
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert browser.post("/sign-in", data={"csrf": csrf, "token": token}, headers=headers).status_code == 403
    assert who(browser) is None
    sign_in(browser, token)
    assert browser.post("/sign-out", data={}).status_code == 403
    assert browser.post("/sign-out", data={"csrf": csrf}).status_code == 403
    assert who(browser) == "anna"


def test_a_session_changes_something_only_with_its_secret(browser: TestClient, token: str) -> None:
    sign_in(browser, token)
    csrf = secret_of(browser.get("/help", headers=HTML))
    assert browser.post("/change").status_code == 403
    assert browser.post("/change", headers={"X-CSRF-Token": "wrong"}).status_code == 403
    assert browser.post("/change", headers={"X-CSRF-Token": csrf}).json() == {"name": "anna"}
    other = {"X-CSRF-Token": csrf, "Origin": "http://evil.example"}
    assert browser.post("/change", headers=other).status_code == 403
    # A program with a token needs no such secret.
    assert browser.post("/change", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_a_session_ends_with_its_token_and_everywhere_at_once(folder: Path, browser: TestClient, token: str) -> None:
    sign_in(browser, token)
    stolen = dict(browser.cookies)
    page = browser.get("/help", headers=HTML)
    browser.post("/sign-out", data={"csrf": secret_of(page)})
    browser.cookies.clear()
    browser.cookies.update(stolen)
    assert who(browser) is None
    browser.cookies.clear()
    sign_in(browser, token)
    assert who(browser) == "anna"
    Users(folder / "access").revoke("anna")
    assert who(browser) is None


def test_a_forged_cookie_is_nobodys(browser: TestClient, token: str) -> None:
    sign_in(browser, token)
    value = browser.cookies["vekha"]
    browser.cookies.clear()
    # Of the last letter some bits stand for nothing, so another one may mean the same.
    signature = value.rpartition(".")[2]
    other = ("b" if signature.startswith("a") else "a") + signature[1:]
    for forged in (value.removesuffix(signature) + other, "x." + value.split(".", 1)[1], "null", ""):
        browser.cookies.set("vekha", forged)
        assert who(browser) is None


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"]
)
def test_signing_in_leads_to_no_other_host(browser: TestClient, token: str, target: str) -> None:
    assert 'name="next" value="/"' in browser.get("/sign-in", params={"next": target}, headers=HTML).text
    assert sign_in(browser, token, next=target).headers["location"] == "/"


def test_who_tries_tokens_is_stopped(folder: Path, token: str) -> None:
    with serve(folder, budget_errors=3) as browser:
        codes = [sign_in(browser, "vekha_wrong").status_code for _ in range(5)]
        assert codes == [401, 401, 401, 429, 429]
        assert sign_in(browser, token).status_code == 429


def test_pages_offer_to_sign_in_only_where_somebody_can(folder: Path) -> None:
    with serve(folder) as browser:
        assert "/sign-in" not in browser.get("/help", headers=HTML).text
        Users(folder / "access").add("anna", Role.ANALYST)
        assert 'href="/sign-in?next=%2Fhelp"' in browser.get("/help", headers=HTML).text
        assert "Sign in" in browser.get("/sign-in?lang=en", headers=HTML).text


@pytest.mark.parametrize(
    ("trusted", "client", "forwarded", "counted"),
    [
        ((), "127.0.0.1", "192.0.2.9", "address:127.0.0.1"),
        (("127.0.0.1",), "127.0.0.1", "192.0.2.9", "address:192.0.2.9"),
        (("127.0.0.1", "10.0.0.0/8"), "127.0.0.1", "1.1.1.1, 192.0.2.9, 10.1.2.3", "address:192.0.2.9"),
        (("10.0.0.0/8",), "127.0.0.1", "192.0.2.9", "address:127.0.0.1"),
    ],
)
def test_only_trusted_proxies_say_who_the_client_is(
    folder: Path, trusted: tuple[str, ...], client: str, forwarded: str, counted: str
) -> None:
    app = create_app(read_settings(data=folder, workers=1, trusted_proxies=trusted))
    app.router.routes.insert(0, Route("/me", lambda request: JSONResponse(identity_of(request).client)))
    with TestClient(app, client=(client, 5000)) as asked:
        assert asked.get("/me", headers={"X-Forwarded-For": forwarded}).json() == counted

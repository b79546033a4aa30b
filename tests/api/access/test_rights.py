from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, NamedNode
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.access.identity import Identity
from api.access.rights import Right, allow, identity_of, limits_of
from api.access.users import Role, Users
from api.app import create_app
from api.settings import Settings, SettingsError, read_settings

GRAPH = NamedNode("urn:x:mine/one")
OTHER = NamedNode("urn:x:other")


def _probe(request: Request) -> Response:
    """What `allow` decides for the right and the graphs that the address names."""
    right: Right = request.path_params["right"]
    named = request.query_params.get("graph")
    graphs: frozenset[NamedNode | DefaultGraph] | None
    if named in {None, "any"}:
        graphs = None if named else frozenset()
    else:
        graphs = frozenset({DefaultGraph() if named == "default" else NamedNode(str(named))})
    identity = allow(request, right, graphs=graphs)
    return JSONResponse(
        {
            "name": identity.name,
            "role": identity.role.word,
            "client": identity_of(request).client,
            "seconds": limits_of(request, identity).seconds,
        }
    )


def serve(settings: Settings, *, token: str = "", client: str = "127.0.0.1") -> TestClient:
    app = create_app(settings, token=token)
    app.router.routes.insert(0, Route("/probe/{right}", _probe))
    return TestClient(app, client=(client, 5000), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("identity") / "data"


@pytest.fixture(scope="module")
def tokens(folder: Path) -> dict[str, str]:
    users = Users(folder / "access")
    found = {role.word: users.add(role.word, role)[1] for role in (Role.ANALYST, Role.EDITOR, Role.ADMIN)}
    found["some"] = users.add("some", Role.EDITOR, graphs=("urn:x:mine/*", "urn:x:exact"))[1]
    return found


@pytest.fixture(scope="module")
def probe(folder: Path, tokens: dict[str, str]) -> Iterator[TestClient]:
    assert tokens
    with serve(read_settings(data=folder, workers=1), token="owner-secret") as client:
        yield client


def as_user(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("role", "right", "status"),
    [
        (None, "read", 200),
        (None, "update", 401),
        (None, "load", 401),
        (None, "admin", 401),
        ("analyst", "read", 200),
        ("analyst", "update", 403),
        ("analyst", "load", 403),
        ("analyst", "admin", 403),
        ("editor", "update", 200),
        ("editor", "load", 200),
        ("editor", "admin", 403),
        ("admin", "update", 200),
        ("admin", "load", 200),
        ("admin", "admin", 200),
    ],
)
def test_who_may_what(probe: TestClient, tokens: dict[str, str], role: str | None, right: str, status: int) -> None:
    answer = probe.get(f"/probe/{right}", headers=as_user(tokens[role]) if role else {})
    assert answer.status_code == status, answer.text
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
    else:
        assert answer.json()["role"] == (role or "anonymous")


@pytest.mark.parametrize(
    ("graph", "status"),
    [
        ("urn:x:mine/one", 200),
        ("urn:x:exact", 200),
        ("urn:x:exact/longer", 403),
        ("urn:x:other", 403),
        ("urn:x:*", 403),
        ("default", 403),
        ("any", 403),
    ],
)
def test_an_editor_may_write_the_graphs_of_the_token_only(
    probe: TestClient, tokens: dict[str, str], graph: str, status: int
) -> None:
    answer = probe.get("/probe/update", params={"graph": graph}, headers=as_user(tokens["some"]))
    assert answer.status_code == status
    assert probe.get("/probe/update", params={"graph": graph}, headers=as_user(tokens["editor"])).status_code == 200


@pytest.mark.parametrize(
    "header",
    ["Bearer wrong", "Bearer ", "Basic YTpi", "", "Bearer vekha_000000000000_" + "A" * 43, "Bearer ё".encode()],
)
def test_a_token_that_does_not_count_is_never_silently_nobody(probe: TestClient, header: str | bytes) -> None:
    answer = probe.get("/probe/read", headers={"Authorization": header})  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert "vekha_" not in answer.text


def test_users_have_more_than_who_is_unknown(probe: TestClient, tokens: dict[str, str]) -> None:
    assert probe.get("/probe/read").json()["seconds"] == 10
    assert probe.get("/probe/read", headers=as_user(tokens["analyst"])).json()["seconds"] == 60


def test_the_owner_of_the_server_is_an_admin_on_this_machine_only(folder: Path, probe: TestClient) -> None:
    assert probe.get("/probe/admin", headers=as_user("owner-secret")).json()["name"] == "(owner)"
    with serve(read_settings(data=folder, workers=1), token="owner-secret", client="192.0.2.1") as far:
        assert far.get("/probe/admin", headers=as_user("owner-secret")).status_code == 401
    with serve(read_settings(data=folder, workers=1)) as without:
        assert without.get("/probe/admin", headers=as_user("")).status_code == 401


def test_nothing_is_written_while_the_service_only_reads(folder: Path, tokens: dict[str, str]) -> None:
    with serve(read_settings(data=folder, workers=1, read_only=True)) as client:
        for right in ("update", "load"):
            answer = client.get(f"/probe/{right}", headers=as_user(tokens["admin"]))
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            assert client.get(f"/probe/{right}").status_code == 401
        assert client.get("/probe/read").status_code == 200


def test_anybody_may_update_a_plain_dataset_on_this_machine_if_told_so(tmp_path: Path) -> None:
    settings = read_settings(data=tmp_path / "data", workers=1, dataset="plain", anonymous_update=True)
    with serve(settings) as client:
        assert client.get("/probe/update", params={"graph": "any"}).status_code == 200
        assert client.get("/probe/load").status_code == 401
        assert client.get("/probe/admin").status_code == 401


@pytest.mark.parametrize("other", [{}, {"dataset": "plain", "host": "0.0.0.0"}, {"host": "127.0.0.1"}])
def test_updates_by_anybody_are_refused_elsewhere(tmp_path: Path, other: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="anonymous_update"):
        read_settings(data=tmp_path, anonymous_update=True, **other)


@pytest.mark.parametrize("address", ["ftp://x/", "http://", "example.org", "http://a@b/", "file:///etc/passwd"])
def test_allow_lists_hold_exact_http_addresses(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="sources"):
        read_settings(data=tmp_path, sources=(address,))
    for service in (address, {"address": address}):
        with pytest.raises(SettingsError, match="services"):
            read_settings(data=tmp_path, services={"name": service})


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "address:192.0.2.7"),
        ("::ffff:192.0.2.7", "address:192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "address:2001:db8:1:2::/64"),
    ],
)
def test_an_unknown_client_is_counted_by_its_address(folder: Path, host: str, client: str) -> None:
    with serve(read_settings(data=folder, workers=1), client=host) as asked:
        assert asked.get("/probe/read").json()["client"] == client


@given(
    st.sampled_from(list(Role)),
    st.sampled_from(list(Role)),
    st.frozensets(st.sampled_from(["urn:a", "urn:b*", "default"])),
    st.frozensets(st.sampled_from(["urn:a", "urn:b*", "default"])),
)
def test_equal_rights_mean_the_same_role_and_graphs(
    first: Role, second: Role, graphs: frozenset[str], others: frozenset[str]
) -> None:
    one = Identity("one", first, tuple(graphs))
    two = replace(one, name="two", role=second, graphs=tuple(others))
    assert (one.rights == two.rights) == (first == second and graphs == others)
    assert one.may_write(GRAPH) == (not graphs)
    assert Identity("x", Role.EDITOR, ("urn:x:o*",)).may_write(OTHER)

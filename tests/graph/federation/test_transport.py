"""Hostile services: each is one message, within its limits, and nothing is left of it."""

from __future__ import annotations

import contextlib
import gzip
import ipaddress
import os
import socket
import threading
import time
import zlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graph.errors import QueryCancelledError, ServiceError, ServiceTimeoutError, ServiceTooLargeError
from graph.federation.addresses import AddressError, addresses, may_be_asked
from graph.federation.gateway import Gateway
from graph.federation.services import Service, ServiceLimits
from graph.federation.transport import Call
from graph.process_memory import resident_memory
from graph.results import Boolean
from graph.store import Store
from graph.workers import Limits, WorkerPool
from tests.graph.federation.played import Raw, head
from tests.graph.quads import document
from tests.patience import PATIENCE, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES = "https://w3id.org/vekha/endpoint/"
PREFIXES = {"endpoint": NAMES}
MEGABYTE = 1024**2
EMPTY = b'{"head":{"vars":["a"]},"results":{"bindings":[]}}'
BEGINNING = b'{"head":{"vars":["a"]},"results":{"bindings":['
ROW = b'{"a":{"type":"literal","value":"' + b"x" * 1000 + b'"}},'
XML = "application/sparql-results+xml"
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + ']><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="a"/></head><results><result>'
    '<binding name="a"><literal>&i;</literal></binding></result></results></sparql>'
)
FILE = BOMB.replace('"aaaaaaaaaa"', 'SYSTEM "file:///etc/passwd"').replace("&i;", "&a;")


def bomb() -> Iterator[bytes]:
    """Far more zeros than are let through, as gzip."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for _ in range(128):
        yield packer.compress(bytes(MEGABYTE))
    yield packer.flush()


def sends(*parts: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def play(connection: socket.socket, _over: threading.Event) -> None:
        for part in parts:
            connection.sendall(part)

    return play


def endless(start: bytes, part: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def play(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(start)
        while not over.is_set():
            connection.sendall(part)

    return play


def drips(start: bytes, part: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def play(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(start)
        while not over.wait(0.05):
            connection.sendall(part)

    return play


def packed(connection: socket.socket, _over: threading.Event) -> None:
    connection.sendall(head(more="Content-Encoding: gzip\r\n"))
    for part in bomb():
        connection.sendall(part)


def silent(connection: socket.socket, over: threading.Event) -> None:
    over.wait()
    connection.close()


def redirect(to: str, status: str = "307 Temporary Redirect") -> bytes:
    return head(status=status, more=f"Location: {to}\r\nContent-Length: 0\r\n")


HOSTILE: dict[str, tuple[Callable[[socket.socket, threading.Event], None], type[ServiceError], str]] = {
    "huge": (
        endless(head(more="Content-Length: 99999999999\r\n"), ROW),
        ServiceTooLargeError,
        "more than 1048576 bytes",
    ),
    "endless": (endless(head() + BEGINNING, ROW), ServiceTooLargeError, "more than 1048576 bytes"),
    "endless chunks": (
        endless(head(more="Transfer-Encoding: chunked\r\n"), b"3e8\r\n" + b" " * 1000 + b"\r\n"),
        ServiceTooLargeError,
        "more than 1048576 bytes",
    ),
    "endless head": (
        endless(b"HTTP/1.1 200 OK\r\n", b"X: " + b"x" * 1000 + b"\r\n"),
        ServiceError,
        "cannot be reached",
    ),
    "endless line": (endless(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 1000), ServiceError, "cannot be reached"),
    "gzip bomb": (packed, ServiceTooLargeError, "more than 1048576 bytes"),
    "slow drip": (drips(head() + BEGINNING, b" "), ServiceTimeoutError, "no whole answer within 1 s"),
    "slow head": (drips(b"HTTP/1.1 200 OK\r\n", b"X: x\r\n"), ServiceTimeoutError, "no whole answer within 1 s"),
    "no answer": (silent, ServiceTimeoutError, "no whole answer within 1 s"),
    "no HTTP": (sends(b"220 ready\r\n"), ServiceError, "cannot be reached"),
    "closes at once": (sends(), ServiceError, "cannot be reached"),
    "closes in the middle": (sends(head(more="Content-Length: 900\r\n") + EMPTY), ServiceError, "broke off"),
    "closes in a chunk": (
        sends(head(more="Transfer-Encoding: chunked\r\n") + b"fff\r\n" + EMPTY),
        ServiceError,
        "broke off",
    ),
    "half of a gzip": (
        sends(head(more="Content-Encoding: gzip\r\n") + gzip.compress(EMPTY)[:-9]),
        ServiceError,
        "broke off",
    ),
    "no gzip": (sends(head(more="Content-Encoding: gzip\r\n") + EMPTY), ServiceError, "cannot be unpacked"),
    "unasked coding": (sends(head(more="Content-Encoding: br\r\n") + EMPTY), ServiceError, "packed its answer as «br»"),
    "wrong type": (sends(head(media_type="text/html") + b"<html>"), ServiceError, "answered with «text/html»"),
    "no type": (sends(b"HTTP/1.1 200 OK\r\n\r\n" + EMPTY), ServiceError, "not with results of SPARQL"),
    "an error": (
        sends(head(status="400 Bad") + b"<script>parse error</script>\x00\x1b[2J" + b"x" * 9999),
        ServiceError,
        "refused the query .HTTP status 400.: <script>parse error",
    ),
    "long reason": (sends(b"HTTP/1.1 400 " + b"x" * 60_000 + b"\r\n\r\n"), ServiceError, "HTTP status 400"),
    "long status": (sends(b"HTTP/1.1 " + b"x" * 60_000 + b"\r\n\r\n"), ServiceError, "cannot be reached"),
    "redirect to no address": (sends(redirect("/a b" + "x" * 60_000)), ServiceError, "cannot be reached"),
    "redirect to loopback": (sends(redirect("http://127.0.0.1:1/")), ServiceError, "sends to another address"),
    "redirect to a file": (sends(redirect("file:///etc/passwd")), ServiceError, "sends to another address"),
    "redirect to a strange port": (sends(redirect("http://127.0.0.1:99999/")), ServiceError, "cannot be|sends to"),
    "redirect to itself": (sends(redirect("/again")), ServiceError, "without an end"),
    "redirect to nowhere": (sends(redirect("")), ServiceError, "without an end"),
    "malformed JSON": (sends(head() + BEGINNING + ROW + b"}"), ServiceError, "results that cannot be read"),
    "other JSON": (sends(head() + b'[{"a": 1}]'), ServiceError, "results that cannot be read"),
    "deep JSON": (sends(head() + b"[" * 900_000), ServiceError, "results that cannot be read"),
    "wrong terms": (
        sends(head() + BEGINNING + b'{"a":{"type":"uri","value":"x> } SERVICE <http://127.0.0.1/"}}]}}'),
        ServiceError,
        "results that cannot be read",
    ),
    "not text": (sends(head() + b"\xff\xfe\x00"), ServiceError, "results that cannot be read"),
    "a truth value": (sends(head() + b'{"head":{},"boolean":true}'), ServiceError, "a truth value"),
    "entities": (sends(head(media_type=XML) + BOMB.encode()), ServiceError, "results that cannot be read"),
    "entity of a file": (sends(head(media_type=XML) + FILE.encode()), ServiceError, "results that cannot be read"),
    "malformed XML": (sends(head(media_type=XML) + b"<sparql><head>"), ServiceError, "results that cannot be read"),
    "too many rows": (
        sends(head() + BEGINNING + b"{}," * 30_000 + b"{}]}}"),
        ServiceTooLargeError,
        "gave more than 20000 rows",
    ),
}


def limits(**changed: Any) -> ServiceLimits:  # noqa: ANN401  (checked by the class)
    return replace(ServiceLimits(seconds=PATIENCE, query_seconds=PATIENCE, bytes=MEGABYTE), **changed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("federation") / "data"
    with Store.open(path, rules=[]) as store:
        store.commit_document(document("tomsk", "v1", activities=2))
    return path


@pytest.fixture(scope="module")
def pool(folder: Path) -> Iterator[WorkerPool]:
    """One pool for all hostile services; a test puts its own gateway in."""
    with WorkerPool(
        folder, size=1, limits=Limits(seconds=2 * PATIENCE), gateway=Gateway([Service("none", "http://127.0.0.1:1/")])
    ) as pool:
        assert pool.query("ASK {}")
        yield pool


@pytest.mark.parametrize(("play", "error", "words"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_service_is_one_message(
    pool: WorkerPool, play: Callable[[socket.socket, threading.Event], None], error: type[ServiceError], words: str
) -> None:
    seconds = 1.0 if error is ServiceTimeoutError else PATIENCE
    with Raw(play) as raw:
        pool.gateway = Gateway([Service("foe", raw.address, local=True)], names=NAMES, limits=limits(seconds=seconds))
        before = resident_memory()
        with pytest.raises(ServiceError, match=words) as caught:
            pool.query("SELECT * { SERVICE endpoint:foe { ?a ?b ?c } }", prefixes=PREFIXES)
        assert type(caught.value) is error
        assert str(caught.value).startswith("The service «foe» ")
        assert len(str(caught.value)) < 600
        # SILENT goes on, and the same worker answers: nothing of the foe is left in it.
        found = pool.query("SELECT ?z { VALUES ?z { 1 } SERVICE SILENT endpoint:foe { ?a ?b ?c } }", prefixes=PREFIXES)
        assert [row[0] and row[0].value for row in found.rows] == ["1"]  # type: ignore[union-attr]
        assert pool.query("ASK {}") == Boolean(value=True)
    assert pool.gateway.cached_bytes == 0
    grown = (resident_memory() or 0) - (before or 0)
    assert grown < 64 * MEGABYTE
    wait_until(lambda: not [thread for thread in threading.enumerate() if thread.name == "service-name"])


def test_a_query_that_is_stopped_leaves_its_service_at_once(pool: WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    with Raw(silent) as raw:
        unlimited = limits(seconds=3000.0, query_seconds=3000.0)
        pool.gateway = Gateway([Service("foe", raw.address, local=True)], names=NAMES, limits=unlimited)
        query = "SELECT * { SERVICE endpoint:foe { ?a ?b ?c } }"
        with monkeypatch.context() as patched:
            # However long a busy machine takes to tell it.
            patched.setattr("graph.federation.gateway._TELLING", PATIENCE)
            with pytest.raises(ServiceTimeoutError, match="service «foe»"):
                pool.query(query, prefixes=PREFIXES, limits=Limits(seconds=PATIENCE + 2))
        stopped: list[Exception] = []
        before = raw.connections

        def stop(evaluation: Any) -> None:  # noqa: ANN401
            def when_asked() -> None:
                while raw.connections < before + 1:
                    time.sleep(0.01)
                evaluation.cancel()

            threading.Thread(target=when_asked, daemon=True).start()

        try:
            with pool.evaluate(query, prefixes=PREFIXES, begun=stop):
                pass
        except QueryCancelledError as error:
            stopped.append(error)
        assert len(stopped) == 1
        assert pool.query("ASK {}")


def call(address: str, *, local: bool = True, seconds: float = PATIENCE) -> Call:
    return Call(Service("it", address, local=local), seconds=seconds, size=MEGABYTE, agent="Vekha/test")


def test_a_gzip_answer_and_one_in_chunks_are_read() -> None:
    whole = head(more="Content-Encoding: gzip\r\n") + gzip.compress(EMPTY)
    chunked = head(more="Transfer-Encoding: chunked\r\n") + b"%x\r\n" % len(EMPTY) + EMPTY + b"\r\n0\r\n\r\n"
    for answer in (whole, chunked, head() + EMPTY):
        with Raw(sends(answer)) as raw:
            assert call(raw.address).ask("SELECT * {}").body == EMPTY


def test_a_redirect_within_the_service_is_followed() -> None:
    answers = iter([redirect("/other?x=1"), head() + EMPTY])

    def play(connection: socket.socket, _over: threading.Event) -> None:
        connection.sendall(next(answers))

    with Raw(play) as raw:
        assert call(raw.address).ask("SELECT * {}").body == EMPTY
        assert raw.connections == 2


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433"],
)
def test_a_service_that_is_not_local_is_never_reached_here(host: str) -> None:
    with Raw(sends(head() + EMPTY)) as raw:
        with pytest.raises(ServiceError, match=r"not in the public network|cannot be reached"):
            call(f"http://{host}:{raw.port}/", local=False).ask("SELECT * {}")
        assert raw.connections == 0


def test_the_address_that_was_looked_at_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["93.184.215.14", "127.0.0.1"])
    looked_up: list[str] = []
    connected: list[tuple[str, int]] = []

    def rebinding(host: str, port: int, **_: object) -> list[Any]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def refuse(address: tuple[str, int], **_: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(ServiceError, match="cannot be reached"):
        call("http://rebinding.example/", local=False).ask("SELECT * {}")
    assert (looked_up, connected) == (["rebinding.example"], [("93.184.215.14", 80)])
    # The next connection looks again, and sees what the name means now.
    with pytest.raises(ServiceError, match=r"has the address 127\.0\.0\.1"):
        call("http://rebinding.example/", local=False).ask("SELECT * {}")
    assert len(connected) == 1


@pytest.mark.parametrize(
    ("address", "public", "local"),
    [
        ("93.184.215.14", True, True),
        ("2606:2800:21f:cb07::1", True, True),
        ("127.0.0.1", False, True),
        ("127.8.9.10", False, True),
        ("::1", False, True),
        ("10.1.2.3", False, True),
        ("172.16.0.1", False, True),
        ("192.168.0.1", False, True),
        ("fd00::1", False, True),
        ("::ffff:127.0.0.1", False, True),
        ("::ffff:93.184.215.14", True, True),
        ("64:ff9b::7f00:1", False, True),
        ("2002:7f00:1::", False, True),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("fe80::1%eth0", False, False),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
        ("255.255.255.255", False, False),
        ("240.0.0.1", False, False),
        ("100.64.0.1", False, False),
        ("fec0::1", False, True),
    ],
)
def test_addresses_that_may_be_asked(address: str, public: bool, local: bool) -> None:  # noqa: FBT001
    assert may_be_asked(address, local=False) is public
    assert may_be_asked(address, local=True) is local


def test_every_address_of_a_private_network_is_refused() -> None:
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7"):
        found = ipaddress.ip_network(network)
        for address in (found[0], found[1], found[-1]):
            assert not may_be_asked(str(address), local=False)


def test_a_name_without_an_allowed_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = [(socket.AF_INET, 1, 6, "", (address, 80)) for address in ("127.0.0.1", "93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: mixed)
    assert addresses("mixed.example", 80, local=False, seconds=60) == ["93.184.215.14"]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: mixed[::2])
    with pytest.raises(AddressError):
        addresses("inside.example", 80, local=False, seconds=60)


def test_a_name_that_is_never_found_takes_only_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait() and [])
    with pytest.raises(ServiceTimeoutError, match=r"within 0\.2 s"):
        call("http://slow.example/", seconds=0.2).ask("SELECT * {}")
    over.set()


def test_who_wants_a_pause_gets_one() -> None:
    pause = head(status="429 Too Many Requests", more="Retry-After: 30\r\n")
    with Raw(sends(pause)) as raw:
        gateway = Gateway([Service("busy", raw.address, local=True)])
        for _ in range(3):
            with pytest.raises(ServiceError, match="takes no queries now") as caught:
                gateway.asking(time.monotonic() + 60).ask(raw.address, "SELECT * {}")
            assert 1 <= int(str(caught.value.values["wait"])) <= 31
        assert raw.connections == 1


def test_nobody_takes_a_service_from_the_others_for_a_day() -> None:
    """One query is enough to make a service refuse, and the pause is everybody's."""
    pause = head(status="429 Too Many Requests", more="Retry-After: 86400\r\n")
    with Raw(sends(pause)) as raw:
        gateway = Gateway([Service("busy", raw.address, local=True)])
        with pytest.raises(ServiceError, match="takes no queries now"):
            gateway.asking(time.monotonic() + 60).ask(raw.address, "SELECT * {}")
        assert 0 < gateway.pause(gateway.service(raw.address)) <= 600


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "http_proxy", "http://127.0.0.1:1/")
    with Raw(sends(head() + EMPTY)) as raw, contextlib.suppress(OSError):
        assert call(raw.address).ask("SELECT * {}").body == EMPTY

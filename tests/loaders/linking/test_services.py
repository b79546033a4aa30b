"""The client of reconciliation services: either version spoken, politely, and each hostile service one message."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from graph.errors import ServiceAddressError, ServiceError
from graph.folder import DataFolder
from loaders.linking.proposals import Answered, Proposals, ServiceProposals, oldest_allowed
from loaders.linking.services import AskingLimits, Manifest, ReconciliationClient, now
from tests.graph.federation.played import Raw, head
from tests.graph.federation.test_transport import bomb, drips, endless, redirect, sends, silent
from tests.loaders.linking.played_services import DRAFT, MANIFEST, SPACE, PlayedService, candidate
from tests.patience import PATIENCE

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from loaders.linking.proposals import Proposal

    Play = Callable[[socket.socket, threading.Event], None]

JSON = "application/json"
NAMES = ["Томская область", "Тамбовская область", "Город Томск"]
KNOWN = {
    "Томская область": [candidate("Q5884", "Томская область", match=True), candidate("Q4465", "Томский район")],
    "Тамбовская область": [candidate("Q5882", "Тамбовская область")],
}


def client(address: str, **limits: Any) -> tuple[ReconciliationClient, list[float]]:  # noqa: ANN401
    waited: list[float] = []
    allowed = AskingLimits(**{"seconds": PATIENCE, **limits})
    return ReconciliationClient(address, local=True, limits=allowed, agent="Vekha/test", wait=waited.append), waited


def asked(one: ReconciliationClient, names: list[str] = NAMES, **how: Any) -> list[list[Proposal]]:  # noqa: ANN401
    return one.candidates(one.manifest(), names, **how)


@pytest.mark.parametrize("manifest", [MANIFEST, DRAFT], ids=["0.2", "1.0-draft"])
def test_candidates_come_in_order_by_either_version(manifest: dict[str, Any]) -> None:
    with PlayedService(KNOWN, manifest=manifest) as service:
        one, waited = client(service.address, pause=2.5)
        told: list[int] = []
        found = asked(one, tell=told.append)
    assert [[each.name for each in of_name] for of_name in found] == [
        ["Томская область", "Томский район"],
        ["Тамбовская область"],
        [],
    ]
    first = found[0][0]
    page = "https://www.wikidata.example/wiki/Q5884"
    assert first.record == (f"{SPACE}Q5884" if manifest is MANIFEST else page)
    assert (first.page, first.sure, first.score, first.types) == (page, True, 90.0, ["область России"])
    # The draft's manifest allows two names in a batch.
    assert [len(batch) for batch in service.batches] == ([3] if manifest is MANIFEST else [2, 1])
    assert (told, waited) == (([3], []) if manifest is MANIFEST else ([2, 3], [2.5]))
    assert set(service.heads) == {"Vekha/test"}


def test_a_limit_holds_also_where_the_service_gives_more() -> None:
    with PlayedService(KNOWN, manifest=DRAFT) as service:
        assert [len(each) for each in asked(client(service.address)[0], limit=1)] == [1, 1, 0]


def test_who_wants_a_pause_gets_it_and_is_asked_again() -> None:
    with PlayedService(KNOWN, busy=[(200, ""), (429, "7"), (503, "3")]) as service:
        one, waited = client(service.address)
        assert len(asked(one)) == len(NAMES)
    assert waited == [7.0, 3.0]


def test_who_wants_too_long_a_pause_or_never_answers_is_told() -> None:
    with PlayedService(KNOWN, busy=[(429, "4000")]) as service:
        one, waited = client(service.address)
        with pytest.raises(ServiceError, match="try again in 4000 s"):
            one.manifest()
        assert waited == []
    with PlayedService(KNOWN, busy=[(503, "1")] * 9) as service:
        one, waited = client(service.address, tries=2)
        with pytest.raises(ServiceError, match="takes no queries now"):
            one.manifest()
        assert waited == [1.0, 1.0]


@pytest.mark.parametrize(
    "address", ["ftp://x/y", "file:///etc/passwd", "https://", "http://u:p@x/", "x", "http://x/#y", "http://[x/"]
)
def test_what_is_no_address_is_not_asked(address: str) -> None:
    with pytest.raises(ServiceError, match="is no address of a service"):
        ReconciliationClient(address)


def test_this_machine_and_private_networks_are_asked_only_if_allowed() -> None:
    with PlayedService(KNOWN) as service:
        with pytest.raises(ServiceAddressError, match="not in the public network"):
            ReconciliationClient(service.address).manifest()
        assert service.heads == []
    with pytest.raises(ServiceAddressError):
        ReconciliationClient("http://169.254.169.254/latest", local=True).manifest()


def packed(connection: socket.socket, _over: threading.Event) -> None:
    connection.sendall(head(media_type=JSON, more="Content-Encoding: gzip\r\n"))
    for part in bomb():
        connection.sendall(part)


def said(content: object, *, media_type: str = JSON) -> Play:
    return sends(head(media_type=media_type) + json.dumps(content).encode())


HOSTILE: dict[str, tuple[Play, str]] = {
    "huge": (sends(head(media_type=JSON, more="Content-Length: 99999999999\r\n")), "more than 100000 bytes"),
    "endless": (endless(head(media_type=JSON) + b"[", b'"x",' * 1000), "more than 100000 bytes"),
    "gzip bomb": (packed, "more than 100000 bytes"),
    "slow drip": (drips(head(media_type=JSON), b" "), "no whole answer within 1 s"),
    "silent": (silent, "no whole answer within 1 s"),
    "redirect to loopback": (sends(redirect("http://127.0.0.1:1/")), "sends to another address"),
    "redirect to a file": (sends(redirect("file:///etc/passwd")), "sends to another address"),
    "wrong media type": (sends(head(media_type="text/html") + b"<html>"), "answered with «text/html», not with JSON"),
    "malformed": (sends(head(media_type=JSON) + b'{"versions": ['), "sent what is no JSON"),
    "not text": (sends(head(media_type=JSON) + b"\xff\xfe\x00"), "sent what is no JSON"),
    "nested": (sends(head(media_type=JSON) + b"[" * 90_000), "sent what is no JSON"),
    "half a gzip": (
        sends(head(media_type=JSON, more="Content-Encoding: gzip\r\n") + gzip.compress(b"{}" * 99)[:20]),
        "broke off in the middle",
    ),
    "a list": (said([1, 2]), "answers otherwise than the API says"),
    "another shape": (said({"name": 1, "versions": "0.2", "q0": {"result": 3}}), "answers otherwise than the API says"),
    "an error": (sends(head(status="500 Oops", media_type=JSON) + b"{}"), "HTTP status 500"),
}


SLOW = {"slow drip", "silent"}
# A greeting might be slower than the limit of those that are slow.
STAGES = [
    (name, stage) for name in HOSTILE for stage in ("manifest", "answer") if stage == "manifest" or name not in SLOW
]


@pytest.mark.parametrize(("name", "stage"), STAGES)
def test_a_hostile_service_is_one_message(name: str, stage: str) -> None:
    play, told = HOSTILE[name]
    greeted = stage == "manifest"

    def played(connection: socket.socket, over: threading.Event) -> None:
        nonlocal greeted
        if greeted:
            play(connection, over)
        else:
            greeted = True
            said(MANIFEST)(connection, over)

    with Raw(played) as service:
        # Only where slowness is the point is there little time.
        seconds = 1.0 if name in SLOW else PATIENCE
        one = ReconciliationClient(
            service.address, local=True, limits=AskingLimits(seconds=seconds, bytes=100_000, tries=0)
        )
        with pytest.raises(ServiceError, match=told):
            asked(one)


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ({"versions": ["0.1"], "name": "old"}, "speaks the versions 0.1"),
        ({"versions": [], "name": "none"}, "speaks the versions"),
        ({"versions": ["0.2"], "name": "x", "batchSize": 0}, "at batchSize"),
        ({"versions": ["0.2"]}, "at name"),
        ({"versions": ["0.2"], "name": "x"}, "ids are no addresses"),
        ({"versions": ["0.2"], "name": "x", "identifierSpace": "javascript:"}, "ids are no addresses"),
        ({"versions": ["0.2"], "name": "x", "identifierSpace": "http://x/ <>"}, "ids are no addresses"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_told(manifest: dict[str, Any], told: str) -> None:
    with PlayedService(KNOWN, manifest=manifest) as service, pytest.raises(ServiceError, match=told):
        asked(client(service.address)[0])


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"name": None},
        {"id": 7},
        {"score": "much"},
        {"type": "Q1"},
        {"match": "perhaps"},
        {"name": "x" * 9999},
    ],
)
def test_a_candidate_of_another_shape_spoils_the_whole_answer(wrong: dict[str, Any]) -> None:
    known = {**KNOWN, "Тамбовская область": [{**candidate("Q1", "x"), **wrong}]}
    with PlayedService(known) as service, pytest.raises(ServiceError, match="answers otherwise than the API says"):
        asked(client(service.address)[0])


def test_a_score_that_is_no_figure_is_none() -> None:
    with PlayedService({NAMES[0]: [candidate("Q1", "x", score=float("nan"))]}) as service:
        assert asked(client(service.address)[0])[0][0].score is None


def official(shared: Path, version: str) -> list[tuple[bool, bytes]]:
    folder = shared / "registries" / "reconciliation-api" / version / "examples" / "reconciliation-result-batch"
    return [(path.parent.name == "valid", path.read_bytes()) for path in sorted(folder.glob("*/*.json"))]


@pytest.mark.parametrize("version", ["0.2", "1.0-draft"])
def test_the_official_answers_are_read_as_labelled(shared: Path, version: str) -> None:
    examples = official(shared, version)
    assert {valid for valid, _ in examples} == {True, False}
    manifest = Manifest(versions=[version], name="example", identifierSpace="https://example.org/")
    for valid, content in examples:
        answer = json.loads(content)
        if valid and version == "0.2":
            # The client names its queries so.
            answer = {f"q{at}": result for at, result in enumerate(answer.values())}
        count = (len(answer) if version == "0.2" else len(answer["results"])) if valid else 1
        with Raw(said(answer)) as service:
            one = ReconciliationClient(service.address, local=True)
            if valid:
                assert len(one.candidates(manifest, [str(at) for at in range(count)])) == count
            else:
                with pytest.raises(ServiceError, match=r"answers otherwise|left names"):
                    one.candidates(manifest, ["x"])


def test_proposals_are_kept_by_service_and_a_spoilt_file_is_none(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    answered = Answered(name="x", limit=5, at=now())
    Proposals(folder).write(ServiceProposals(address="https://a", name="A", answers={"http://t": answered}))
    Proposals(folder).write(ServiceProposals(address="https://b", name="B"))
    assert [one.name for one in Proposals(folder).all()] == ["A", "B"]
    for path in folder.proposals.glob("*.json"):
        if "https://a" in path.read_text("utf-8"):
            path.write_text('{"address": "https://a"', encoding="utf-8")
    assert [one.name for one in Proposals(folder).all()] == ["B"]
    assert Proposals(folder).of("https://a") is None


def test_an_answer_is_asked_for_again_when_its_days_are_over() -> None:
    at = now()
    answered = Answered(name="Томск", limit=5, at=at)
    service = ServiceProposals(address="https://a", name="A", answers={"http://t": answered})

    def fresh(name: str = "Томск", kind: str = "", limit: int = 5, days: float = 1.0) -> bool:
        oldest = oldest_allowed(at, days)
        return service.fresh("http://t", name=name, kind=kind, limit=limit, oldest=oldest) is not None

    assert fresh()
    assert not fresh(days=0)
    assert not any((fresh(name="Тамбов"), fresh(kind="Q1"), fresh(limit=6)))

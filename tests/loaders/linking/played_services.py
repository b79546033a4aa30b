"""A reconciliation service played on loopback, as Wikidata's is, of either version of the API."""

from __future__ import annotations

import http.server
import json
import threading
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Candidate = dict[str, Any]
SPACE = "http://www.wikidata.example/entity/"
MANIFEST = {
    "versions": ["0.1", "0.2"],
    "name": "Wikidata (played)",
    "identifierSpace": SPACE,
    "schemaSpace": "http://www.wikidata.example/prop/direct/",
    "view": {"url": "https://www.wikidata.example/wiki/{{id}}"},
}
DRAFT = {
    "versions": ["1.0-draft"],
    "name": "Draft (played)",
    "view": {"url": "https://www.wikidata.example/wiki/{id}"},
    "batchSize": 2,
}


def candidate(identifier: str, name: str, *, score: float = 90.0, match: bool = False) -> Candidate:
    return {
        "id": identifier,
        "name": name,
        "description": "субъект Российской Федерации",
        "type": [{"id": "Q835714", "name": "область России"}],
        "score": score,
        "match": match,
    }


class PlayedService:
    """`known` gives candidates by name; `batches` are the names of each request, `heads` its user agents.

    The first requests are answered with `busy`: statuses and their Retry-After.
    """

    def __init__(
        self,
        known: Mapping[str, Sequence[Candidate]],
        *,
        manifest: Mapping[str, Any] = MANIFEST,
        busy: Sequence[tuple[int, str]] = (),
    ) -> None:
        self.batches: list[list[str]] = []
        self.heads: list[str] = []
        waiting = list(busy)
        service = self

        def answered(path: str, body: str) -> Any:  # noqa: ANN401  (JSON)
            if path.endswith("/match"):
                queries = json.loads(body)["queries"]
                names = [one["conditions"][0]["propertyValue"] for one in queries]
                service.batches.append(names)
                return {"results": [{"candidates": list(known.get(name, ()))} for name in names]}
            asked = json.loads(parse_qs(body)["queries"][0])
            service.batches.append([one["query"] for one in asked.values()])
            return {key: {"result": list(known.get(one["query"], ()))[: one["limit"]]} for key, one in asked.items()}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(json.dumps(manifest))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._send(json.dumps(answered(self.path, body), ensure_ascii=False))

            def _send(self, text: str) -> None:
                service.heads.append(self.headers["User-Agent"])
                status, wait = waiting.pop(0) if waiting else (200, "")
                content = text.encode()
                self.send_response(status)
                if wait:
                    self.send_header("Retry-After", wait)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/ru/api"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

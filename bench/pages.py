"""
Server time and size of every kind of page on a data set twenty times the five documents, against the budgets.

    python -m bench.pages [FOLDER]

FOLDER is a data folder to read instead of a made-up one of 680,000 quads (`bench.generator`).  Pages are asked by
following the links of the first page, a few of each kind, without a network in between: what is measured is the server.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import read_settings
from bench.crawl import Visit, crawl
from bench.generator import given_or_made

QUADS: Final = 680_000
EACH: Final = 3
SECONDS: Final = 0.3
SIZE: Final = 100 * 1024
# Seconds for what is read ahead, on a busy machine.
_PATIENCE: Final = 600.0


def measure(data: Path) -> dict[str, list[Visit]]:
    """The visits of each kind of page; files to download are left out."""
    kinds: dict[str, list[Visit]] = defaultdict(list)
    app = create_app(read_settings(data=data, budget_seconds=0, budget_errors=0))
    with TestClient(app, follow_redirects=True) as client:
        # What is read once is no page's; it is told by itself.
        started = time.perf_counter()
        app.state.warming.wait(app.state.site.installation.versions.current(), _PATIENCE)
        app.state.site.installation.search.newest(patience=_PATIENCE)
        print(f"read ahead in {time.perf_counter() - started:.1f} s", flush=True)

        def get(address: str) -> tuple[int, str, bytes]:
            answer = client.get(address)
            return answer.status_code, answer.headers.get("content-type", ""), answer.content

        for visit in crawl(get, each=EACH):
            if visit.media_type.startswith("text/html"):
                kinds[visit.kind].append(visit)
    return kinds


def main() -> None:
    with ExitStack() as open_things:
        data = open_things.enter_context(given_or_made(sys.argv[1] if len(sys.argv) > 1 else None, QUADS))
        kinds = measure(data)
    over = 0
    print(
        f"{'kind of page':<48} {'pages':>5} {'ms':>6} {'KB':>5}   budgets: {SECONDS * 1000:.0f} ms, {SIZE // 1024} KB"
    )
    for kind, visits in sorted(kinds.items(), key=lambda item: -max(visit.seconds for visit in item[1])):
        slowest = max(visits, key=lambda visit: visit.seconds)
        size = max(visit.size for visit in visits)
        late = " late" if slowest.seconds > SECONDS else ""
        big = " big" if size > SIZE else ""
        over += bool(late or big)
        told = f"  {slowest.address}" if late or big else ""
        print(f"{kind:<48} {len(visits):>5} {slowest.seconds * 1000:>6.0f} {size // 1024:>5}{late}{big}{told}")
    print(f"{over} of {len(kinds)} kinds of pages are over a budget")


if __name__ == "__main__":
    main()

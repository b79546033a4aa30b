"""
The timeline of 2,000 activities: server time, size, and the time to the first picture in Chromium.

    python -m bench.timeline [FOLDER]

FOLDER is a data folder to read instead of a made-up one (`bench.generator`).  The first picture is the browser's own
«first contentful paint» of a page that holds the whole drawing, measured from the start of the navigation, connection
and server included.  Goal: half a second for 2,000 rows, and a page of 100 rows within the budgets of `bench.pages`.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import uvicorn
from playwright.sync_api import Browser

from api.app import create_app
from api.settings import read_settings
from bench.demo import headless_chromium
from bench.generator import given_or_made

QUADS: Final = 680_000
RUNS: Final = 7
GOAL: Final = 500.0
# The first page of a data version reads it, and a busy machine takes its time.
_PATIENCE: Final = 300_000
ADDRESSES: Final = {
    "100 rows": "/timeline?day=2026-01-01",
    "300 rows": "/timeline?day=2026-01-01&rows=300",
    "2,000 rows": "/timeline?day=2026-01-01&rows=2000",
    "2,000 rows by actor": "/timeline?day=2026-01-01&rows=2000&group=body",
}
_PAINT: Final = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return [page.responseEnd - page.requestStart, paint.startTime, page.decodedBodySize,
          document.querySelectorAll("svg .row").length];
}"""


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """The address of a server on the data folder, in a thread of this process."""
    app = create_app(read_settings(data=data, budget_seconds=0, budget_errors=0))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def measure(browser: Browser, address: str) -> tuple[float, float, float, int]:
    """Medians of milliseconds until the answer was there and until the first picture; bytes and rows of the page."""
    found = []
    for _ in range(RUNS):
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        page = context.new_page()
        page.set_default_timeout(_PATIENCE)
        page.goto(address)
        page.locator("svg.drawing").first.wait_for()
        found.append(page.evaluate(_PAINT))
        context.close()
    answer, paint, size, _rows = (statistics.median(column) for column in zip(*found, strict=True))
    return answer, paint, size, found[0][3]


def main() -> int:
    with ExitStack() as open_things:
        data = open_things.enter_context(given_or_made(sys.argv[1] if len(sys.argv) > 1 else None, QUADS))
        home = open_things.enter_context(serving(data))
        browser = open_things.enter_context(headless_chromium())
        started = time.perf_counter()
        measure(browser, home + ADDRESSES["100 rows"])
        print(f"warm after {time.perf_counter() - started:.1f} s (the deadlines of a data version are read once)")
        late = False
        print(
            f"{'':<22} {'rows':>6} {'answer ms':>10} {'picture ms':>11} {'KB':>6}   goal: {GOAL:.0f} ms to the picture"
        )
        for name, address in ADDRESSES.items():
            answer, paint, size, rows = measure(browser, home + address)
            late |= paint > GOAL
            print(f"{name:<22} {rows:>6} {answer:>10.0f} {paint:>11.0f} {size / 1024:>6.0f}{' late' * (paint > GOAL)}")
    return int(late)


if __name__ == "__main__":
    sys.exit(main())

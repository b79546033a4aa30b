"""
The timeline of 2,000 activities: server time, size, and the time to the first picture in Chromium.

    python -m bench.timeline [FOLDER]

FOLDER is a data folder to read instead of a made-up one (`bench.generator`).  The first picture is the browser's own
«first contentful paint» of a page that holds the whole drawing, measured from the start of the navigation, connection
and server included; «browser» is what its processor worked for the page in all, which other programs disturb less.
Goal: half a second for 2,000 rows, and a page of 100 rows within the budgets of `bench.pages`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from bench.demo import headless_chromium, serving
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
# The picture may come after the page was read.
_PAINT: Final = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  const [page] = performance.getEntriesByType("navigation");
  if (paint) resolve([page.responseEnd - page.requestStart, paint.startTime, page.decodedBodySize,
                      document.querySelectorAll("svg .row").length]);
}).observe({ type: "paint", buffered: true }))"""


@contextmanager
def reading(data: Path) -> Iterator[str]:
    """The address of a server that reads the data folder and writes nothing into it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").symlink_to(data.absolute())
        with serving(folder, "serve", settings={"VEKHA_READ_ONLY": "true", "VEKHA_BUDGET_SECONDS": "0"}) as service:
            yield service.address


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians: milliseconds until the answer was there, until the first picture, and of the browser's processor."""

    answer: float
    picture: float
    work: float
    size: float
    rows: float


def measure(browser: Browser, address: str) -> Figures:
    found = []
    for _ in range(RUNS):
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        page = context.new_page()
        page.set_default_timeout(_PATIENCE)
        session = context.new_cdp_session(page)
        session.send("Performance.enable")
        page.goto(address)
        answer, paint, size, rows = page.evaluate(_PAINT)
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        found.append((answer, paint, 1000 * metrics["TaskDuration"], size / 1024, rows))
        context.close()
    return Figures(*(statistics.median(column) for column in zip(*found, strict=True)))


def main() -> int:
    with ExitStack() as open_things:
        data = open_things.enter_context(given_or_made(sys.argv[1] if len(sys.argv) > 1 else None, QUADS))
        home = open_things.enter_context(reading(data))
        browser = open_things.enter_context(headless_chromium())
        started = time.perf_counter()
        measure(browser, home + ADDRESSES["100 rows"])
        print(f"warm after {time.perf_counter() - started:.1f} s")
        late = False
        print(f"{'':<22} {'rows':>6} {'KB':>6} {'answer ms':>10} {'browser ms':>11} {'picture ms':>11} {'limit':>6}")
        for name, address in ADDRESSES.items():
            found = measure(browser, home + address)
            late |= found.picture > GOAL
            print(
                f"{name:<22} {found.rows:>6.0f} {found.size:>6.0f} {found.answer:>10.0f} {found.work:>11.0f} "
                f"{found.picture:>11.0f} {GOAL:>6.0f}{' late' * (found.picture > GOAL)}",
                flush=True,
            )
    return int(late)


if __name__ == "__main__":
    sys.exit(main())

"""
How fast networks are worked out, come to the browser, and move there, beside force-graph with the same data.

    python -m bench.network [NODES:EDGES …]

Made-up activities tie two organisations each, so that the network is scale-free.  The server's part is our own code as
the service runs it; the browser is the system's Chromium without a window.  «first» is from the start of the page's
script to the first full picture, with the request for the data, whose positions are known; «moving» is frames in a
second while the picture is enlarged and moved for some seconds; «redraw» is one sharp picture; memory is the heap of
the script after a collection of garbage.  force-graph is fetched into a temporary folder; where that cannot be, its
columns are left out.  It draws circles and lines, ours labels, signs and rims too.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Final

import networkx as nx
from playwright.sync_api import Browser, Page

from api.language import read_language
from api.networks.drawing import write_map
from api.networks.drawn import DrawnNetwork, WholeNetwork, draw_part
from api.networks.selection import Asked
from api.pages import modules_of
from bench.demo import headless_chromium
from graph.networks.facts import Activity, Actor, Facts, Name, Roadmap
from graph.networks.projections import Selection
from ontology.iris import HOME
from ontology.vocabulary import VEKHA
from queries.prefixes import Prefixes

SIZES: Final = ("300:1000", "1000:4000", "5000:20000")
SECONDS: Final = 3
# Milliseconds to the first picture, writing included, by the number of nodes; frames in a second while it moves.
FIRST: Final = {1000: 500.0, 5000: 600.0}
MOVING: Final = 30.0
PEER: Final = "force-graph"
_LANGUAGE: Final = read_language("ru")
_MOVE: Final = """
async ([seconds, step]) => {
    const move = new Function("map", "t", step);
    const map = document.querySelector("network-map") ?? window.graph;
    const begun = performance.now();
    let frames = 0;
    while (performance.now() - begun < 1000 * seconds) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        move(map, (performance.now() - begun) / 1000);
        frames += 1;
    }
    return (1000 * frames) / (performance.now() - begun);
}
"""
# One second in, one second out, moved a little all the time.
_OURS: Final = "map.enlarge(t % 2 < 1 ? 1.02 : 1 / 1.02, 500 + 100 * Math.sin(t), 300);"
_THEIRS: Final = """
    map.zoom(map.zoom() * (t % 2 < 1 ? 1.02 : 1 / 1.02));
    map.centerAt(100 * Math.sin(t), 0);
"""
_PEER_PAGE: Final = """
const data = await (await fetch("data.json")).json();
const nodes = data.nodes.id.map((id, n) => ({ id: n, name: data.nodes.label[n], group: data.nodes.community[n] % 8,
    fx: data.nodes.x[n], fy: data.nodes.y[n], x: data.nodes.x[n], y: data.nodes.y[n] }));
const links = data.edges.source.map((source, e) => ({ source, target: data.edges.target[e] }));
let first = true;
window.graph = new ForceGraph(document.getElementById("graph")).width(1000).height(600).cooldownTicks(0)
    .nodeAutoColorBy("group").graphData({ nodes, links }).onRenderFramePost(() => {
        if (first && window.graph) { first = false; performance.mark("network-map-drawn"); }
    });
window.graph.zoomToFit(0);
"""
_START: Final = '<script>performance.mark("start")</script>'


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one drawing in the browser; times in milliseconds, memory in megabytes."""

    first: float
    moving: float
    redraw: float | None
    memory: float


def main() -> int:
    sizes = [tuple(map(int, size.split(":"))) for size in sys.argv[1:] or SIZES]
    with tempfile.TemporaryDirectory() as folder, headless_chromium() as browser:
        peer = _fetch_peer(Path(folder))
        print(f"{'':16}{'server, ms':^36}{'ours':^34}{PEER if peer else '':^34}")
        head = ("first ms", "moving/s", "redraw", "MB")
        print(
            f"{'nodes / edges':>16}"
            + "".join(
                f"{title:>9}" for title in ("measures", "places", "writes", "KB gzip", *head, *(head if peer else ()))
            )
        )
        late = False
        for nodes, edges in sizes:
            line, problems = _line(browser, nodes, edges, peer)
            print(line, *problems, flush=True)
            late |= bool(problems)
        limits = "; ".join(f"{size} nodes {most:.0f} ms" for size, most in FIRST.items())
        print(f"limits of ours, from the request for the data on: {limits}; {MOVING:.0f} frames a second")
    return int(late)


def _line(browser: Browser, nodes: int, edges: int, peer: bytes | None) -> tuple[str, list[str]]:
    """The figures of one size, and which of ours are over their limits."""
    facts = made_up(nodes, edges)
    begun = time.perf_counter()
    whole = WholeNetwork(facts, "bodies-by-activity", Selection())
    assert len(whole.measures.nodes) == nodes
    measured = time.perf_counter()
    drawn = draw_part(whole, Asked("bodies-by-activity", Selection(), communities="open"), "picture")
    assert len(drawn.positions) == nodes
    placed = time.perf_counter()
    content = _write(drawn)
    wrote = time.perf_counter()
    packed = gzip.compress(content, 5)
    told: list[float | None] = [
        1000 * (measured - begun),
        1000 * (placed - measured),
        1000 * (wrote - placed),
        len(packed) / 1024,
    ]
    with _pages(packed, peer) as address:
        seen = [_measure(browser, f"{address}/ours", _OURS)]
        seen += [_measure(browser, f"{address}/peer", _THEIRS)] if peer else []
    values: list[float | None] = [*told] + [
        value for one in seen for value in (one.first, one.moving, one.redraw, one.memory)
    ]
    line = f"{f'{nodes} / {edges}':>16}" + "".join(
        f"{value:9.0f}" if value is not None else " " * 9 for value in values
    )
    first = seen[0].first + 1000 * (wrote - placed)
    late = [f"late: {first:.0f} ms"] if first > FIRST.get(nodes, first) else []
    return line, late + ([f"slow: {seen[0].moving:.0f} frames"] if seen[0].moving < MOVING else [])


def made_up(nodes: int, edges: int) -> Facts:
    """Facts whose network of organisations has so many nodes and, but for a few, edges; the same each time."""
    ties = nx.barabasi_albert_graph(nodes, max(1, round(edges / nodes)), seed=1).edges
    body = f"{HOME}id/body/"
    roadmap = f"{HOME}id/roadmap/one"
    return Facts(
        version=1,
        activities={
            f"{HOME}id/activity/one_{number}": Activity(
                f"Мероприятие {number}",
                roadmap,
                {f"{body}b{end}": frozenset({"responsible"}) for end in tie},
                frozenset(),
                (),
            )
            for number, tie in enumerate(ties)
        },
        actors={
            f"{body}b{number}": Actor(
                Name(f"Муниципальное учреждение дополнительного образования № {number}", None),
                VEKHA.Body.value,
                frozenset(),
                frozenset(),
            )
            for number in range(nodes)
        },
        roadmaps={roadmap: Roadmap(Name("Дорожная карта", None), frozenset(), frozenset(), None, None)},
        members={},
        names={},
        ranks={},
    )


def _write(drawn: DrawnNetwork) -> bytes:
    return write_map(drawn, Prefixes.read(HOME), _LANGUAGE, lambda iri: iri.replace(f"{HOME}id/body/", "/bodies/"))


def _fetch_peer(folder: Path) -> bytes | None:
    """The script of the peer, in one file; None if it cannot be had."""
    if shutil.which("npm") is None:
        return None
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), PEER]
    subprocess.run(command, check=False, capture_output=True)
    script = folder / "node_modules" / PEER / "dist" / f"{PEER}.min.js"
    return script.read_bytes() if script.is_file() else None


@contextmanager
def _pages(packed: bytes, peer: bytes | None) -> Iterator[str]:
    """The address of a server with both pages, the data and the scripts."""
    static = files("api") / "static"
    ours = (
        '<!doctype html><html lang="ru"><link rel="stylesheet" href="/static/colours.css">'
        f'<link rel="stylesheet" href="/static/network/network.css">{_START}'
        '<script type="module" src="/static/network/network-map.js"></script>'
        + "".join(f'<link rel="modulepreload" href="/static/network/{name}">' for name in modules_of("network"))
        + '<link rel="preload" as="fetch" crossorigin href="/data.json?format=map&amp;lang=ru">'
        '<figure class="network"><network-map src="/data.json"></network-map></figure>'
    )
    theirs = (
        f'<!doctype html><meta charset="utf-8"><div id="graph"></div>{_START}<script src="/peer.js"></script>'
        '<script type="module" src="/start.js"></script>'
    )
    known = {
        "/ours": ("text/html", ours.encode()),
        "/peer": ("text/html", theirs.encode()),
        "/start.js": ("text/javascript", _PEER_PAGE.encode()),
        "/peer.js": ("text/javascript", peer or b""),
        "/data.json": ("application/json", packed),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            kind, content = known.get(path, ("text/css" if path.endswith(".css") else "text/javascript", b""))
            if path.startswith("/static/"):
                content = static.joinpath(path.removeprefix("/static/")).read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            if path == "/data.json":
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing: the table is what is read."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.05))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _measure(browser: Browser, address: str, move: str) -> Figures:
    context = browser.new_context(viewport={"width": 1040, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.wait_for_function("performance.getEntriesByName('network-map-drawn').length", timeout=60_000)
    first = page.evaluate(
        "performance.getEntriesByName('network-map-drawn')[0].startTime - "
        "performance.getEntriesByName('start')[0].startTime"
    )
    page.wait_for_timeout(500)
    moving = page.evaluate(_MOVE, [SECONDS, move])
    page.evaluate("document.querySelector('network-map')?.home()")
    page.wait_for_timeout(500)
    redraw = page.evaluate("document.querySelector('network-map')?.cost ?? null")
    memory = _heap(page)
    context.close()
    return Figures(first, moving, redraw, memory)


def _heap(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["JSHeapUsedSize"]) / 2**20


if __name__ == "__main__":
    sys.exit(main())

"""Walks through the pages of a server as a reader could: from the first page along the links, a few of each kind."""

from __future__ import annotations

import re
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml import html

_HTML: Final = "text/html"
# What stands in an address for one of many: the last part of a path of two or more, and the values of parameters.
_ONE_OF_MANY: Final = re.compile(r"(?<=.)/[^/]+$")


@dataclass(frozen=True, slots=True)
class Visit:
    """One address that was opened; `linked_from` is the page on which it stood, `size` the bytes of the answer."""

    address: str
    linked_from: str
    kind: str
    status: int
    seconds: float
    size: int
    media_type: str
    problems: tuple[str, ...]


def kind_of(address: str) -> str:
    """What an address has in common with others of its kind: `/bodies/…?sort` of `/bodies/toipkro?sort=name`."""
    parts = urlsplit(address)
    names = "&".join(sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))
    path = _ONE_OF_MANY.sub("/…", parts.path) if parts.path.count("/") > 1 else parts.path
    return path + (f"?{names}" if names else "")


def crawl(
    get: Callable[[str], tuple[int, str, bytes]], *, start: str = "/", each: int = 3, most: int = 2000
) -> Iterator[Visit]:
    """
    Visits, breadth first, of at most `each` addresses of a kind and `most` in all.

    `get` gives status, media type and content of an address of this server, without following redirects itself.
    """
    waiting, known, visits = deque([(start, "")]), {start}, Counter[str]()
    for _ in range(most):
        if not waiting:
            return
        address, linked_from = waiting.popleft()
        started = time.perf_counter()
        status, media_type, content = get(address)
        seconds = time.perf_counter() - started
        problems: list[str] = []
        if media_type.startswith(_HTML):
            tree = html.fromstring(content.decode())
            problems = [*_problems(tree)]
            for element in tree.iter("a", "link", "script", "img", "form"):
                target = element.get("href") or element.get("src")
                if element.tag == "form" and element.get("method", "get").lower() == "get":
                    target = element.get("action")
                if target is None or target.startswith("#"):
                    continue
                joined = urljoin(address, target).partition("#")[0]
                if urlsplit(joined).scheme or joined in known:
                    continue
                known.add(joined)
                kind = kind_of(joined)
                visits[kind] += 1
                if visits[kind] <= each:
                    waiting.append((joined, address))
        yield Visit(address, linked_from, kind_of(address), status, seconds, len(content), media_type, tuple(problems))


def _problems(tree: html.HtmlElement) -> Iterator[str]:
    """What no page may have: ids that stand twice, anchors that lead nowhere, no heading or two, no language."""
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    yield from (f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1)
    for link in tree.iter("a"):
        target = link.get("href") or ""
        if target.startswith("#") and len(target) > 1 and target[1:] not in ids:
            yield f"{target} leads nowhere"
    headings = len(tree.findall(".//h1"))
    if headings != 1:
        yield f"{headings} headings h1"
    if not tree.get("lang"):
        yield "no language"

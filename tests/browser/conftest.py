from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, expect

from bench.demo import Service, headless_chromium, serving
from bench.generator import Known, write_folder

# Milliseconds for what is expected to come at all: no test tells how fast a machine is.
_PATIENCE: Final = 120_000
_LONG_PATIENCE: Final = 600_000
QUADS: Final = 680_000

expect.set_options(timeout=_PATIENCE)


@dataclass(frozen=True)
class Large:
    """A server on made-up roadmaps, twenty times the five examples, and what is known of them."""

    service: Service
    known: Known


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`vekha demo` as a person starts it, on a free port and an empty data folder."""
    with serving(tmp_path_factory.mktemp("demo")) as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if shutil.which("chromium") is None and not os.environ.get("CI"):
        pytest.skip("chromium is missing: apt-get install chromium")
    with headless_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Large]:
    """Made and served once for all tests that need it, with no limit that a slow machine could reach."""
    folder = tmp_path_factory.mktemp("large")
    known = write_folder(folder / "data", QUADS)
    settings = {"VEKHA_QUERY_SECONDS": "3600", "VEKHA_BUDGET_SECONDS": "0", "VEKHA_BUDGET_ERRORS": "0"}
    with serving(folder, "serve", settings=settings) as service:
        wait_for_an_answer(f"{service.address}/questions/target-series/rows")
        yield Large(service, known)


def wait_for_an_answer(address: str) -> None:
    """Until the processes that answer questions stand: on a busy machine they may need more than one start."""
    for _ in range(600):
        try:
            with urlopen(address, timeout=600):
                return
        except HTTPError:
            time.sleep(1)
    pytest.fail(f"{address} does not answer")


@contextmanager
def visiting(chromium: Browser, service: Service) -> Iterator[BrowserContext]:
    """A fresh Russian visitor; fails if any request leaves the host or any script or policy complains."""
    context = chromium.new_context(base_url=service.address, locale="ru-RU", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(_PATIENCE)
    strangers: list[str] = []
    complaints: list[str] = []

    def look(request: Request) -> None:
        if not request.url.startswith(service.address + "/"):
            strangers.append(request.url)

    def listen(message: ConsoleMessage) -> None:
        # The browser also reports the status of the page itself, which pages of errors have on purpose.
        if message.type == "error" and not message.text.startswith("Failed to load resource: the server responded"):
            complaints.append(message.text)

    def check(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            complaints.append(f"{response.status} {response.url}")

    context.on("request", look)
    context.on("console", listen)
    context.on("response", check)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert strangers == []
    assert complaints == []


@pytest.fixture
def context(chromium: Browser, service: Service) -> Iterator[BrowserContext]:
    with visiting(chromium, service) as found:
        yield found


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def large_page(chromium: Browser, large: Large) -> Iterator[Page]:
    """A visitor of the large set, patient: the first page of a data version reads it."""
    with visiting(chromium, large.service) as context:
        context.set_default_timeout(_LONG_PATIENCE)
        yield context.new_page()

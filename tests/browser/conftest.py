from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from bench.demo import Service, headless_chromium, serving


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


@pytest.fixture
def context(chromium: Browser, service: Service) -> Iterator[BrowserContext]:
    """A fresh Russian visitor; fails if any request leaves the host or any script or policy complains."""
    context = chromium.new_context(base_url=service.address, locale="ru-RU", viewport={"width": 1280, "height": 900})
    strangers: list[str] = []
    complaints: list[str] = []

    def look(request: Request) -> None:
        if not request.url.startswith(service.address + "/"):
            strangers.append(request.url)

    context.on("request", look)

    def listen(message: ConsoleMessage) -> None:
        # The browser also reports the status of the page itself, which pages of errors have on purpose.
        if message.type == "error" and not message.text.startswith("Failed to load resource: the server responded"):
            complaints.append(message.text)

    def check(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            complaints.append(f"{response.status} {response.url}")

    context.on("console", listen)
    context.on("response", check)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert strangers == []
    assert complaints == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()

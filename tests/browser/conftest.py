from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True)
class Service:
    address: str
    data: Path


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`vekha demo` as a person starts it, on a free port and an empty data folder."""
    folder = tmp_path_factory.mktemp("demo")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VEKHA_")}
    environment |= {"VEKHA_DATA": str(folder / "data"), "PYTHONUNBUFFERED": "1"}
    command = Path(sys.executable).with_name("vekha")
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            [command, "demo", "--port", "0", "--lang", "en"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
        )
        try:
            assert process.stdout is not None
            address = None
            for line in process.stdout:
                found = re.search(r"http://127\.0\.0\.1:\d+", line)
                if found:
                    address = found[0]
                    break
            if address is None:
                log.seek(0)
                pytest.fail(f"the service did not start: {log.read()}")
            yield Service(address, folder / "data")
        finally:
            process.terminate()
            process.wait(timeout=20)
            if process.stdout is not None:
                process.stdout.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is missing")
        pytest.skip("chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


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

"""A server on the five examples, started as a person starts it: for the tests and pictures that need a real browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


_ADDRESS: Final = re.compile(r"http://127\.0\.0\.1:\d+")


class NotStartedError(Exception):
    """The program that should run does not; the message is what it said."""


@dataclass(frozen=True)
class Service:
    """Where a server listens, on loopback, and its data folder."""

    address: str
    data: Path


@contextmanager
def serving(folder: Path, *command: str, settings: Mapping[str, str] | None = None) -> Iterator[Service]:
    """
    `vekha demo`, or another command that serves, on a free port and the data folder `folder/data`.

    `settings` are variables such as `VEKHA_QUERY_SECONDS`; those of the surroundings do not count.

    Raises:
        NotStartedError: It ended without a server.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VEKHA_")}
    environment |= {"VEKHA_DATA": str(folder / "data"), "PYTHONUNBUFFERED": "1", **(settings or {})}
    program = Path(sys.executable).with_name("vekha")
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            [program, *(command or ("demo",)), "--port", "0", "--lang", "en"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
        )
        try:
            address = announced_by(process)
            if address is None:
                log.seek(0)
                raise NotStartedError(log.read())
            yield Service(address, folder / "data")
        finally:
            process.terminate()
            process.wait(timeout=300)
            if process.stdout is not None:
                process.stdout.close()


def announced_by(process: subprocess.Popen[str]) -> str | None:
    """Where the server that the process starts listens, once it does; None if it ends without one."""
    assert process.stdout is not None
    return next((found[0] for line in process.stdout if (found := _ADDRESS.search(line))), None)


@contextmanager
def headless_chromium() -> Iterator[Browser]:
    """
    The system's Chromium without a window.

    Raises:
        NotStartedError: It is not installed.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        raise NotStartedError("chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()

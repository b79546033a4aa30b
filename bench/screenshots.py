"""
Pictures of every page, in both languages, light and dark, on a desk and on a telephone.

    python -m bench.screenshots [FOLDER [PAGE...]]

A picture is called `<page>-<language>-<look>.png`; it shows the whole page, up to a length that can still be looked at.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final, Literal, TypedDict

from playwright.sync_api import Browser, ViewportSize

from bench.demo import Service, headless_chromium, serving
from bench.page_map import PAGES

LANGUAGES: Final = {"ru": "ru-RU", "en": "en-GB"}
_LONGEST: Final = 4000


class _Look(TypedDict):
    color_scheme: Literal["light", "dark"]
    viewport: ViewportSize


LOOKS: Final[dict[str, _Look]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}},
}


def take(browser: Browser, service: Service, folder: Path, names: list[str]) -> list[str]:
    """What was seen and should not be: pages wider than the window, and statuses of 500 and more."""
    complaints = []
    for language, locale in LANGUAGES.items():
        for look, how in LOOKS.items():
            context = browser.new_context(base_url=service.address, locale=locale, **how)
            page = context.new_page()
            for name in names:
                response = page.goto(PAGES[name], wait_until="load")
                page.wait_for_timeout(150)
                if response is None or response.status >= 500:
                    complaints.append(f"{name}-{language}-{look}: status {response and response.status}")
                width, height = page.evaluate(
                    "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
                )
                if width > how["viewport"]["width"]:
                    complaints.append(f"{name}-{language}-{look}: {width} pixels wide")
                page.screenshot(
                    path=folder / f"{name}-{language}-{look}.png",
                    clip={"x": 0, "y": 0, "width": how["viewport"]["width"], "height": min(height, _LONGEST)},
                    full_page=True,
                )
            context.close()
    return complaints


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("screenshots")
    names = sys.argv[2:] or list(PAGES)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, serving(Path(data)) as service, headless_chromium() as browser:
        complaints = take(browser, service, folder, names)
    print(f"{len(names) * len(LANGUAGES) * len(LOOKS)} pictures in {folder}")
    for complaint in complaints:
        print(complaint)
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()

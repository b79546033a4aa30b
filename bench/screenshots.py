"""
Pictures of every page, in both languages, light and dark, on a desk and on a telephone.

    python -m bench.screenshots [FOLDER [PAGE...]]

A picture is called `<page>-<language>-<look>.png`; it shows the whole page, up to a length that can still be looked at.
The last ones are taken with a made-up register loaded.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, TypedDict

from playwright.sync_api import Browser, ViewportSize

from api.registers.registries import RegistryRequest, change_registry
from api.settings import read_settings
from bench.demo import Service, headless_chromium, serving
from bench.page_map import PAGES

LANGUAGES: Final = {"ru": "ru-RU", "en": "en-GB"}
_LONGEST: Final = 4000


# Pages that a register changes.
WITH_REGISTER: Final = {
    "linking-register": "/linking?thing=https://w3id.org/vekha/id/body/tomsk-obl_toipkro",
    "quality-register": "/quality",
}
_MAPPING: Final = """
title: Список институтов (выдуманный)
key: [ОГРН]
delimiter: ";"
columns: {name: Наименование, short_name: Кратко, ogrn: ОГРН, region: Регион, address: Адрес, status: Состояние}
"""
_INSTITUTE: Final = "областной институт повышения квалификации и переподготовки работников образования"
# Two of one name and one region, of which neither is linked unseen, one of another region, and a wrong check digit.
_ENTRIES: Final = (
    "Наименование;Кратко;ОГРН;Регион;Адрес;Состояние",
    f"Томский {_INSTITUTE};ТОИПКРО;1027000000011;Томская область;634034, г. Томск, ул. Пирогова, 10;действует",
    f"Томский {_INSTITUTE};ТОИПКРО;1027000000880;Томская область;636000, г. Северск, пр. Мира, 1;действует",
    f"Тамбовский {_INSTITUTE};ТОИПКРО;1026800000018;Тамбовская область;г. Тамбов;действует",
    "Департамент общего образования Томской области;;1027000000023;Томская область;г. Томск;действует",
)


class _Look(TypedDict):
    color_scheme: Literal["light", "dark"]
    viewport: ViewportSize


LOOKS: Final[dict[str, _Look]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}},
}


def take(browser: Browser, service: Service, folder: Path, pages: Mapping[str, str]) -> list[str]:
    """What was seen and should not be: pages wider than the window, and statuses of 500 and more."""
    complaints = []
    for language, locale in LANGUAGES.items():
        for look, how in LOOKS.items():
            context = browser.new_context(base_url=service.address, locale=locale, **how)
            page = context.new_page()
            for name, address in pages.items():
                response = page.goto(address, wait_until="load")
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


def load_made_up_register(service: Service) -> None:
    """Loads a register of four made-up entries into the service that runs."""
    mapping, file = service.data.parent / "institutes.yaml", service.data.parent / "institutes.csv"
    mapping.write_text(_MAPPING, encoding="utf-8")
    file.write_text("\n".join(_ENTRIES) + "\n", encoding="utf-8")
    request = RegistryRequest(action="load", register_name="institutes", path=file, mapping=mapping, edition="2026")
    change_registry(read_settings(data=service.data), request, lambda _: None)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("screenshots")
    names = sys.argv[2:] or [*PAGES, *WITH_REGISTER]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, serving(Path(data)) as service, headless_chromium() as browser:
        complaints = take(browser, service, folder, {name: PAGES[name] for name in names if name in PAGES})
        with_register = {name: WITH_REGISTER[name] for name in names if name not in PAGES}
        if with_register:
            load_made_up_register(service)
            complaints += take(browser, service, folder, with_register)
    print(f"{len(names) * len(LANGUAGES) * len(LOOKS)} pictures in {folder}")
    for complaint in complaints:
        print(complaint)
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.commands.examples import example_documents
from api.importing.loading import Loader, load, open_loader
from api.settings import Settings, read_settings
from loaders.registries.loading import load_register
from loaders.registries.registers import register_of
from ontology.iris import Iris

MAPPING = """
title: Списки
key: [ОГРН]
delimiter: ";"
columns: {name: Наименование, short_name: Кратко, ogrn: ОГРН, region: Регион, status: Состояние}
"""
INSTITUTE = "институт повышения квалификации"
ROWS = (
    f"Томский областной {INSTITUTE} и переподготовки работников образования;ТОИПКРО;1027000000011;Томская область;",
    f"Тамбовский областной {INSTITUTE} работников образования;ТОИПКРО;1026800000018;Тамбовская область;",
    "Департамент образования Томской области;ДО ТО;1027000000022;Томская область;",
    "Руководители образовательных организаций;;1027000000033;Томская область;",
)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two documents and a register with an institute of each of their regions."""
    folder = tmp_path_factory.mktemp("automatic")
    (folder / "lists.yaml").write_text(MAPPING, encoding="utf-8")
    lines = ["Наименование;Кратко;ОГРН;Регион;Состояние", *ROWS]
    (folder / "lists.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = read_settings(data=folder / "data")
    load(settings, [path for path in example_documents() if path.name.startswith(("001", "002"))], lambda _: None)
    with open_loader(settings) as loader:
        register = register_of("lists", folder / "lists.yaml")
        assert load_register(folder / "lists.csv", register, store=loader.store, iris=Iris()).records == len(ROWS)
    return folder / "data"


@pytest.fixture
def settings(prepared: Path, tmp_path: Path) -> Settings:
    shutil.copytree(prepared, tmp_path / "data")
    return read_settings(data=tmp_path / "data", workers=1, budget_errors=0)


@pytest.fixture
def loader(settings: Settings) -> Iterator[Loader]:
    with open_loader(settings) as found:
        yield found

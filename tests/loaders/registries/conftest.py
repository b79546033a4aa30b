from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

import pytest

from graph.inference import infer
from graph.store import Store
from loaders.registries.places import Places
from loaders.registries.reading import Reading
from loaders.registries.registers import REGISTERS
from loaders.registries.source import open_source
from ontology.iris import Iris
from ontology.reference import load_reference
from ontology.registers import RegisterRecord


class Read(Protocol):
    def __call__(
        self, register: str, content: Path | str | bytes, *, personal: bool = False, everything: bool = False
    ) -> tuple[list[RegisterRecord], Reading]: ...


@pytest.fixture(scope="session")
def places() -> Places:
    return Places(load_reference(), Iris())


@pytest.fixture
def read(places: Places, tmp_path: Path) -> Read:
    """The records of a file, or of a text written to one, read as a register; and what was noted."""

    def read(
        register: str, content: Path | str | bytes, *, personal: bool = False, everything: bool = False
    ) -> tuple[list[RegisterRecord], Reading]:
        path = content if isinstance(content, Path) else tmp_path / "register.txt"
        if not isinstance(content, Path):
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with open_source(path, lambda _done, _total: None) as source:
            reading = Reading(register, source, places, date(2024, 1, 1), personal=personal, everything=everything)
            return list(REGISTERS[register].read(reading)), reading

    return read


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", rules=[infer]) as store:
        yield store

"""Files that are no register, or mean harm: bounded, one clear sentence with the place, nothing half-loaded."""

from __future__ import annotations

import io
import os
import time
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest

from graph.store import Store
from loaders.registries.loading import load_register
from loaders.registries.registers import REGISTERS
from loaders.registries.rows import MOST_LINE
from loaders.registries.source import RegisterError
from ontology.iris import Iris

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.loaders.registries.conftest import Read

MUNICIPALITIES = (
    "territory_id,oktmo8,check_digit,municipal_district_name,municipal_district_name_short,municipal_district_type,"
    "municipal_district_center,region_code,valid_from,valid_to\n"
)
ROW = "1,69701000,7,городской округ город Томск,Томск,городской округ,г Томск,70,2018,\n"


def zipped(packing: int = zipfile.ZIP_DEFLATED, /, **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def bomb_of_entities() -> bytes:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    declared = f'<!DOCTYPE a [<!ENTITY e0 "boom">{lines}]>'
    return f"{declared}<OpenData><Certificate><Id>&e9;</Id></Certificate></OpenData>".encode()


CASES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("okopf", lambda: b"", "the file is empty"),
    "entities": ("accreditation", bomb_of_entities, "document type"),
    "entities after a long comment": (
        "accreditation",
        lambda: b"<!--" + b"x" * 10_000 + b"-->" + bomb_of_entities(),
        "document type",
    ),
    "an entity that reads a file": (
        "egrul",
        lambda: b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a b="&x;"/>',
        "document type",
    ),
    "entities in UTF-16": ("accreditation", lambda: bomb_of_entities().decode().encode("utf-16"), "document type"),
    "nesting without end": ("licences", lambda: b"<a>" * 100_000, "no valid XML|without end"),
    "children without end": (
        "licences",
        lambda: b"<license>" + b"<x/>" * 250_000 + b"</license>",
        "elements inside elements without end",
    ),
    "a cut XML": ("licences", lambda: b"<r><license><schoolName>A</schoolName>", "cut off or damaged"),
    "an XML of something else": ("gar", lambda: b"<html><body/></html>", "holds no element «OBJECT».*«html»"),
    "a character set that nobody knows": ("gar", lambda: b'<?xml version="1.0" encoding="x-none"?><a/>', "XML|set"),
    "a line without end": ("municipalities", lambda: b"a" * (MOST_LINE + 10), "line 1: longer than"),
    "a later line without end": (
        "municipalities",
        lambda: (MUNICIPALITIES + ROW).encode() + b"b" * (MOST_LINE + 10),
        "line 3: longer than",
    ),
    "a quoted cell without end": (
        "municipalities",
        lambda: MUNICIPALITIES.encode() + b'"' + (b"x" * 1000 + b"\n") * 1000,
        "line 2: no row of a table",
    ),
    "columns without end": ("okopf", lambda: b"," * 5000 + b"\n", "line 1: 5001 columns"),
    "other columns": ("municipalities", lambda: b"code,name\n1,2\n", "the columns territory_id, oktmo8"),
    "a binary file": ("okopf", lambda: os.urandom(10_000) + b"\0", "no text in UTF-8"),
    "UTF-16": ("okopf", lambda: "code,name\n".encode("utf-16"), "no text in UTF-8"),
    "two character sets": (
        "municipalities",
        lambda: (MUNICIPALITIES + ROW).encode() + b" " * 70_000 + b"\n" + "имя".encode("cp1251"),
        "line 4: byte 1 is no utf-8",
    ),
    "a zip bomb": ("okopf", lambda: zipped(a_csv=b"0" * 50_000_000), "packed 200 times or more"),
    "a zip of several files": ("okopf", lambda: zipped(a_csv=b"1", b_csv=b"2"), "2 files of data inside"),
    "a zip of nothing": ("okopf", lambda: zipped(a_exe=b"1"), "0 files of data inside"),
    "a cut zip": ("okopf", lambda: zipped(a_csv=os.urandom(5000))[:3000], "damaged or cut off"),
    "a zip with a wrong checksum": (
        "okopf",
        lambda: zipped(zipfile.ZIP_STORED, a_csv=b"code,name\n1,2\n").replace(b"1,2", b"1,3"),
        "damaged or cut off",
    ),
    "JSON nested without end": ("accreditation", lambda: b'{"a":' + b"[" * 200_000 + b"\n", "no JSON object"),
    "JSON lists instead of objects": ("accreditation", lambda: b'{"Id":"1","EduOrgFullName":"A"}\n[1]\n', "line 2"),
    "supplements that are none": (
        "accreditation",
        lambda: b'{"Id":"1","EduOrgFullName":"A","Supplements":7}\n',
        "its supplements are no list",
    ),
    "letters in a code": ("oktmo", lambda: b"A;600;000;000;1;1;x;" + b";" * 5 + b"\n", "line 1, column 1"),
    "a row of other length": ("oktmo", lambda: b"69;600\n", "2 cells for 13 columns"),
    "a date that is none": (
        "licences",
        lambda: (
            b"<r><license><schoolGuid>a</schoolGuid><schoolName>A</schoolName><Ogrn>1027000861568</Ogrn>"
            b"<dateLicDoc>31.02.2020</dateLicDoc></license></r>"
        ),
        "«31.02.2020» in dateLicDoc is no date",
    ),
    "no record": ("okopf", lambda: b"code,name\n", "holds no record"),
}


@pytest.mark.parametrize("name", CASES)
def test_hostile(name: str, store: Store, tmp_path: Path) -> None:
    register, make, told = CASES[name]
    path = tmp_path / "file.dat"
    path.write_bytes(make())
    tracemalloc.start()
    started = time.thread_time()
    with pytest.raises(RegisterError, match=told) as error:
        load_register(path, REGISTERS[register], store=store, iris=Iris())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(error.value).startswith("file.dat")
    assert len(str(error.value)) < 500
    assert store.version == 0
    assert time.thread_time() - started < 60
    assert peak < 300 * 2**20


def test_what_is_no_file_is_told(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, told in (("pipe", "no regular file"), ("absent", "cannot be opened"), (".", "no regular file|opened")):
        with pytest.raises(RegisterError, match=told):
            load_register(tmp_path / name, REGISTERS["okopf"], store=store, iris=Iris())


def test_a_huge_register_is_read_as_a_stream(read: Read) -> None:
    """Of streets without number only a little is ever held."""
    guid = "889b1f3a-98aa-40fc-9d3d-0f41192758ab"
    street = f'<OBJECT OBJECTGUID="{guid}" NAME="Ленина" TYPENAME="ул" LEVEL="8" ISACTUAL="1" ISACTIVE="1"/>\n'
    content = ("<A>" + street * 60_000 + "</A>").encode()
    tracemalloc.start()
    records, reading = read("gar", content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (records, reading.left_out["small-address"]) == ([], 60_000)
    assert peak < len(content)


def test_more_entries_than_any_register_has_are_refused(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.registries.loading.MOST_RECORDS", 10)
    path = tmp_path / "okopf.csv"
    path.write_text("code,name\n" + "".join(f"{code},x\n" for code in range(10_000, 10_020)), encoding="utf-8")
    with pytest.raises(RegisterError, match="more than 10 entries"):
        load_register(path, REGISTERS["okopf"], store=store, iris=Iris())
    assert store.version == 0

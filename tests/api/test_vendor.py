from __future__ import annotations

import hashlib
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

VENDOR = Path(str(files("api"))) / "static" / "vendor"
# Permissive licences, by their SPDX names.
ALLOWED = {"0BSD", "MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause"}
# What each licence text must say to be that licence.
WORDS = {
    "0BSD": "Permission to use, copy, modify, and/or distribute this software for",
    "MIT": "Permission is hereby granted, free of charge",
    "ISC": "Permission to use, copy, modify, and/or distribute this software",
    "Apache-2.0": "Apache License",
    "BSD-2-Clause": "Redistribution and use in source and binary forms",
    "BSD-3-Clause": "Redistribution and use in source and binary forms",
}
FILES = tomllib.loads((VENDOR / "VENDOR.toml").read_text(encoding="utf-8"))["file"]


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry["path"])
def test_a_vendored_file_is_unchanged_and_stands_with_its_licence(entry: dict[str, str]) -> None:
    assert hashlib.sha256((VENDOR / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]
    assert entry["version"] in entry["path"]
    assert re.search(rf"\b{re.escape(entry['version'])}\b", entry["source"])
    licences = set(re.split(r" AND ", entry["licence"]))
    assert licences <= ALLOWED
    text = " ".join((VENDOR / entry["licence_file"]).read_text(encoding="utf-8").split())
    assert [licence for licence in licences if WORDS[licence] not in text] == []


def test_nothing_is_vendored_without_an_entry() -> None:
    entered = {"VENDOR.toml"} | {entry[key] for entry in FILES for key in ("path", "licence_file")}
    assert {str(file.relative_to(VENDOR)) for file in VENDOR.rglob("*") if file.is_file()} == entered

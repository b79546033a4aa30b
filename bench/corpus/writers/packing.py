"""Zipped documents whose bytes depend on their content alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

_WHEN: Final = (2023, 1, 1, 0, 0, 0)


def packed(parts: Mapping[str, str], *, stored_first: bool = False) -> bytes:
    """A zip of text parts in the order given; with `stored_first` the first is not compressed (OpenDocument)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for at, (name, text) in enumerate(parts.items()):
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type = zipfile.ZIP_STORED if stored_first and not at else zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
    return buffer.getvalue()

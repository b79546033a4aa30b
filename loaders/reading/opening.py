"""The bytes of a file, or one sentence why there are none."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from loaders.cells import UnreadableDocumentError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES: Final = 200 * 2**20


def read_content(path: Path) -> bytes:
    """
    All bytes of the file, which are never none.

    Raises:
        UnreadableDocumentError: the file is missing, empty, larger than any roadmap, may not be read, or is no file; or
            its name is no text, so that nothing could be said of it afterwards.
    """
    file = shown_name(path)
    if file != path.name:
        raise UnreadableDocumentError("{file}: the name of the file is no text; rename the file.", file=file)
    try:
        # A pipe would be waited for, were it not opened so; Windows has none among its files.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as source:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableDocumentError("{file}: is no regular file; name a document.", file=file)
            if status.st_size > MOST_BYTES:
                raise UnreadableDocumentError(
                    "{file}: {size} MB, at most {limit} MB are read; split the document.",
                    file=file,
                    size=status.st_size // 2**20,
                    limit=MOST_BYTES // 2**20,
                )
            content = source.read(MOST_BYTES)
    except FileNotFoundError as error:
        raise UnreadableDocumentError("{file}: is not there, or no longer; check the path.", file=file) from error
    except PermissionError as error:
        raise UnreadableDocumentError(
            "{file}: may not be read by this user; change the permissions of the file.", file=file
        ) from error
    except IsADirectoryError as error:
        raise UnreadableDocumentError("{file}: is no regular file; name a document.", file=file) from error
    except OSError as error:
        raise UnreadableDocumentError(
            "{file}: cannot be opened ({reason}); check the path.", file=file, reason=error.strerror or str(error)
        ) from error
    if not content.strip():
        raise UnreadableDocumentError("{file}: the file is empty; save the document again and load it anew.", file=file)
    return content


def shown_name(path: Path) -> str:
    """The name of the file, with replacement signs for bytes that are no text."""
    return os.fsencode(path.name).decode("utf-8", "replace")

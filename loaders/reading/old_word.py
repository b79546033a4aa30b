"""Word documents of the old binary format (.doc), converted by LibreOffice where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from loaders.cells import SourceDocument, UnreadableDocumentError
from loaders.reading.docx import read_docx

_SECONDS: Final = 90
# No macros, no links fetched: the document is untrusted.
_SETTINGS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent"
 oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def read_doc(content: bytes, *, file: str, sha256: str) -> SourceDocument:
    """
    Paragraphs and tables of an old Word document, through a conversion to .docx.

    The converter runs in a folder and with a profile of its own and is killed after a minute and a half.

    Raises:
        UnreadableDocumentError: LibreOffice is not installed, or cannot convert the file in time.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise UnreadableDocumentError(
            "{file}: an old Word document (.doc) needs LibreOffice, which is not installed; "
            "save it as .docx and load that.",
            file=file,
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = folder / "profile" / "user"
        settings.mkdir(parents=True)
        (settings / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        source, target = folder / "document.doc", folder / "document.docx"
        source.write_bytes(content)
        _convert(program, folder, source)
        if not target.exists():
            raise UnreadableDocumentError(
                "{file}: LibreOffice cannot convert this old Word document; save it as .docx and load that.", file=file
            )
        converted = target.read_bytes()
    return replace(read_docx(converted, file=file, sha256=sha256), format="doc")


def _convert(program: str, folder: Path, source: Path) -> None:
    """Runs the converter; kills it with all that it started when its time is over."""
    profile = (folder / "profile").as_uri()
    arguments = [f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nologo"]
    process = subprocess.Popen(  # noqa: S603  (a fixed program, a path of our own)
        [program, *arguments, "--convert-to", "docx", "--outdir", str(folder), str(source)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

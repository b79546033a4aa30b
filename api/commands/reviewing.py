"""`vekha review`: what a person should look at in the reading of documents, as one web page and one table."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

from api.commands.review_report import Reviewer, review_page, review_table
from api.commands.terminal import WRONGLY_ASKED, Command, console, pass_command, printable, progress_bar
from api.importing.loading import reading_limits
from graph.folder import DataFolder
from loaders.correction_record import CorrectionRecord
from loaders.finding import find_documents
from loaders.loaded_versions import loaded_versions
from loaders.originals import NotKeptError, lay_out
from loaders.reading_process import Reading, ReadingPool, ReadingRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.commands.review_report import Reviewed


PAGE_FILE: Final = "vekha-review.html"
TABLE_FILE: Final = "vekha-review.csv"


@click.command
@click.argument("paths", type=click.Path(path_type=Path, exists=True), nargs=-1)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder to write the web page and the table to; the current one if not given.",
)
@pass_command
def review(command: Command, paths: tuple[Path, ...], out: Path) -> int:
    language = command.language
    with tempfile.TemporaryDirectory(prefix="vekha-") as folder:
        lost: list[Reading] = []
        if paths:
            found = [ReadingRequest(path) for path in find_documents(paths).files]
        else:
            found, lost = _loaded(command, Path(folder))
        if not found and not lost:
            raise click.UsageError(language.text("There is no document in the folders named"))
        reviewed = _review_all(command, found, lost)
    for document in reviewed:
        if document.error:
            command.say("Error: {problem}", problem=document.error)
    read = sum(document.error is None for document in reviewed)
    if not read:
        command.say("Nothing could be read, so no report was written.")
        return WRONGLY_ASKED
    out.mkdir(parents=True, exist_ok=True)
    page, table = out / PAGE_FILE, out / TABLE_FILE
    page.write_text(review_page(reviewed, language), encoding="utf-8")
    # The mark of the encoding tells spreadsheet programs that the letters are not those of their country's code page.
    table.write_bytes(review_table(reviewed, language).encode("utf-8-sig"))
    doubts = sum(document.counts["reading"] + document.counts["check"] for document in reviewed)
    told = [
        language.plural("{count} document", "{count} documents", read),
        language.plural("{count} doubt", "{count} doubts", doubts),
    ]
    console().print(f"{', '.join(told)}: {printable(str(page))}, {printable(str(table))}", soft_wrap=True)
    return 0 if read == len(reviewed) else WRONGLY_ASKED


def _loaded(command: Command, folder: Path) -> tuple[list[ReadingRequest], list[Reading]]:
    """How the loaded documents are read, from their kept files; and of which the files are not kept."""
    installation = command.installation()
    snapshot, iris = installation.versions.newest(), installation.iris
    kept, record = DataFolder(installation.settings.data), CorrectionRecord.read(snapshot, iris)
    found: list[ReadingRequest] = []
    lost: list[Reading] = []
    for version in loaded_versions(snapshot):
        if version.current:
            slug = version.roadmap.value.removeprefix(iris.namespace("roadmap"))
            try:
                path = lay_out(version, kept, folder / str(len(found)))
            except NotKeptError as error:
                lost.append(Reading(Path(version.file), None, error.message, "unreadable"))
            else:
                found.append(ReadingRequest(path, corrections=record.active(slug)))
    return found, lost


def _review_all(command: Command, requests: Sequence[ReadingRequest], unread: Sequence[Reading]) -> list[Reviewed]:
    settings = command.settings()
    reviewer = Reviewer(command.language, show_persons=settings.show_persons)
    reviewed: list[Reviewed] = []
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with (
        ReadingPool(reading_limits(settings)) as readers,
        progress_bar(*columns) as bar,
    ):
        task = bar.add_task("", total=len(requests))
        for reading in itertools.chain(readers.read(requests, in_order=True), unread):
            reviewed.append(reviewer.review(reading, anchor=f"d{len(reviewed) + 1}"))
            bar.update(task, description=printable(reading.path.name), completed=len(reviewed))
    return reviewed

"""Commands that keep the data safe: `backup`, `restore`."""

from __future__ import annotations

from pathlib import Path

import click

from api.access.audit import AuditLog, Author
from api.commands.terminal import FAILED, Command, pass_command

_FEW = 20


@click.command
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_command
def backup(command: Command, file: Path) -> None:
    from graph.backup import back_up  # noqa: PLC0415  (half a second to import)
    from graph.folder import DataFolder  # noqa: PLC0415

    made = back_up(DataFolder(command.settings().data), file.absolute())
    command.say(
        "{file}: data version {version}, {quads} statements, {documents} documents",
        file=file,
        version=made.version,
        quads=made.quads,
        documents=len(made.files) - 1,
    )


@click.command
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@pass_command
def restore(command: Command, file: Path) -> int:
    from graph.backup import restore as restore_from  # noqa: PLC0415  (half a second to import)
    from graph.folder import DataFolder  # noqa: PLC0415

    folder = DataFolder(command.settings().data)
    restored = restore_from(file.absolute(), folder)
    detail = {"file": file.name, "statements": restored.manifest.quads}
    AuditLog(folder).write(Author.of_account(), "restore", after=restored.manifest.version, detail=detail)
    command.say(
        "{folder}: data version {version}, {quads} statements, as in the backup",
        folder=folder.path,
        version=restored.manifest.version,
        quads=restored.manifest.quads,
    )
    if not restored.findings:
        return 0
    command.say("{count} statements break the shapes; the first of them:", count=len(restored.findings))
    for finding in restored.findings[:_FEW]:
        click.echo(f"{finding.focus}: {finding.message(command.language.code)}", err=True)
    return FAILED

"""Commands on who may do what here, and who did: `user add`, `user list`, `user revoke`, `audit`."""

from __future__ import annotations

import json
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from api.access.audit import AuditLog, Author
from api.access.users import Role, Users
from api.clock import Clock
from api.commands.terminal import Command, pass_command, print_table
from graph.folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.access.users import User
    from api.language import Language

_ROLES = [role.word for role in Role if role is not Role.ANONYMOUS]


@click.group
def user() -> None:
    pass


@user.command(help="Print a new token; it is shown once and kept nowhere.")
@click.argument("name")
@click.option("--role", type=click.Choice(_ROLES), required=True, help="What the token allows.")
@click.option(
    "--graph", "graphs", multiple=True, help="Graph that an editor may write, an IRI or its beginning with *; many."
)
@click.option("--days", type=click.IntRange(min=1), help="Days until the token ends; without, it does not.")
@pass_command
def add(command: Command, name: str, role: str, graphs: tuple[str, ...], days: int | None) -> None:
    until = datetime.now(UTC) + timedelta(days=days) if days else None
    _user, token = _users(command).add(name, Role[role.upper()], graphs=graphs, expires=until)
    _audit(command).write(Author.of_account(), "user-add", detail={"name": name, "role": role, "graphs": graphs})
    click.echo(token)
    command.say("Keep the token now: it cannot be shown again.")


@user.command("list", help="List the users; tokens cannot be shown.")
@pass_command
def list_users(command: Command) -> None:
    text, clock = command.language.text, Clock.of(command.settings())
    print_table(
        [text("name"), text("role"), text("graphs"), text("made"), text("state")],
        [
            (one.name, one.role.word, " ".join(one.graphs), one.created, _state(one, command.language, clock))
            for one in _users(command).listed()
        ],
    )


@user.command(help="End a token at once, also in a running server.")
@click.argument("name")
@pass_command
def revoke(command: Command, name: str) -> None:
    _users(command).revoke(name)
    _audit(command).write(Author.of_account(), "user-revoke", detail={"name": name})
    command.say("The token of «{name}» does not count any more.", name=name)


@click.command
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, as they stand in the log.")
@click.option("--last", type=click.IntRange(min=1), help="Only so many lines, the newest.")
@pass_command
def audit(command: Command, last: int | None, *, as_json: bool) -> None:
    text, clock = command.language.text, Clock.of(command.settings())
    lines: Iterable[dict[str, Any]] = _audit(command).read()
    if last is not None:
        lines = deque(lines, maxlen=last)
    if as_json:
        for line in lines:
            click.echo(json.dumps(line, ensure_ascii=False))
        return
    print_table(
        [text("time"), text("who"), text("from where"), text("what"), text("version"), text("details")],
        [
            (
                clock.of_text(line["time"]).isoformat(" ", "seconds") if line["time"] else "",
                line["who"],
                line["client"],
                line["action"] + (f" ({line['problem']})" if line.get("problem") else ""),
                " → ".join(str(line[name]) for name in ("before", "after") if line.get(name) is not None),
                json.dumps(line["detail"], ensure_ascii=False) if "detail" in line else "",
            )
            for line in lines
        ],
    )


def _audit(command: Command) -> AuditLog:
    return AuditLog(DataFolder(command.settings().data))


def _users(command: Command) -> Users:
    return Users(DataFolder(command.settings().data).access)


def _state(one: User, language: Language, clock: Clock) -> str:
    if one.revoked:
        return language.text("revoked {day}", day=clock.day_of(one.revoked))
    if not one.is_valid(datetime.now(UTC)):
        return language.text("expired")
    return language.text("until {day}", day=clock.day_of(one.expires)) if one.expires else language.text("in force")

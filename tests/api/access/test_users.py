from __future__ import annotations

import json
import stat
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.access.users import Role, UserError, Users
from graph.folder import DataFolder
from tests.api.commands.test_cli import Cli, cli

__all__ = ["cli"]


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return Users(tmp_path / "access")


def test_a_token_names_its_user_and_nothing_in_the_file_is_the_token(users: Users) -> None:
    user, token = users.add("Анна", Role.EDITOR, graphs=("urn:x:*",))
    assert users.with_token(token) == user
    written = (users.folder / "users.json").read_text(encoding="utf-8")
    assert token not in written
    assert token.split("_", 2)[2] not in written


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")
def test_only_the_owner_reads_the_files(users: Users) -> None:
    users.add("anna", Role.ADMIN)
    assert stat.S_IMODE(users.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in users.folder.iterdir()} == {0o600}


def test_tokens_that_are_none_or_of_somebody_else_do_not_count(users: Users) -> None:
    _, token = users.add("anna", Role.ANALYST)
    _, other = users.add("boris", Role.ADMIN)
    mixed = "_".join([*token.split("_", 2)[:2], other.split("_", 2)[2]])
    for wrong in (
        "",
        "vekha",
        token[:-1],
        token + "x",
        token.upper(),
        mixed,
        "ключ",
        "vekha_" + "0" * 12 + "_" + "A" * 43,
    ):
        assert users.with_token(wrong) is None


def test_a_revoked_token_ends_in_other_processes_too(users: Users) -> None:
    _, token = users.add("anna", Role.ADMIN)
    server = Users(users.folder)
    assert server.with_token(token)
    users.revoke("anna")
    assert server.with_token(token) is None
    with pytest.raises(UserError):
        users.revoke("anna")
    _, again = users.add("anna", Role.ADMIN)
    assert server.with_token(again)
    assert server.with_token(token) is None


def test_a_token_ends_when_it_was_to_end(users: Users) -> None:
    _, ended = users.add("past", Role.ADMIN, expires=datetime.now(UTC) - timedelta(seconds=1))
    _, running = users.add("future", Role.ADMIN, expires=datetime.now(UTC) + timedelta(days=1))
    assert users.with_token(ended) is None
    assert users.with_token(running)


@pytest.mark.parametrize("name", ["", " ", "a b", "../x", "(owner)", "x" * 65, "a\nb"])
def test_what_is_no_name_is_refused(users: Users, name: str) -> None:
    with pytest.raises(UserError):
        users.add(name, Role.ANALYST)


def test_a_name_is_given_once_and_graphs_to_editors_only(users: Users) -> None:
    users.add("anna", Role.ANALYST)
    with pytest.raises(UserError):
        users.add("anna", Role.ADMIN)
    with pytest.raises(UserError):
        users.add("boris", Role.ADMIN, graphs=("urn:x:g",))


def test_users_added_at_once_are_all_kept(users: Users) -> None:
    threads = [
        threading.Thread(target=Users(users.folder).add, args=(f"user{number}", Role.ANALYST)) for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(users.listed()) == 12


def test_a_damaged_file_is_told_not_taken_for_an_empty_one(users: Users) -> None:
    users.add("anna", Role.ADMIN)
    (users.folder / "users.json").write_text("{", encoding="utf-8")
    with pytest.raises(UserError):
        users.listed()


def test_sessions_are_signed_with_one_key_for_good(users: Users) -> None:
    assert users.session_key() != users.session_key()
    assert not users.folder.exists()
    users.add("anna", Role.ADMIN)
    key = users.session_key()
    users.add("boris", Role.ADMIN)
    assert len(key) > 40
    assert Users(users.folder).session_key() == key


def test_commands_give_list_and_revoke_tokens(cli: Cli, tmp_path: Path) -> None:
    data = ("--data", tmp_path / "data")
    status, out, said = cli(*data, "user", "add", "anna", "--role", "editor", "--graph", "urn:x:*", "--days", "3")
    token = out.strip()
    assert status == 0
    assert "Сохраните ключ" in said
    users = Users(tmp_path / "data" / "access")
    found = users.with_token(token)
    assert found
    assert (found.role, found.graphs) == (Role.EDITOR, ("urn:x:*",))
    assert found.expires
    status, out, _ = cli(*data, "user", "list", "--lang", "en")
    assert "anna" in out
    assert "until" in out
    assert found.digest not in out
    assert token not in out
    assert cli(*data, "user", "revoke", "anna")[0] == 0
    assert users.with_token(token) is None
    status, _, said = cli(*data, "user", "revoke", "anna")
    assert status == 1
    assert "Нет пользователя «anna»" in said
    assert "revoked" in cli(*data, "user", "list", "--lang", "en")[1]


def test_a_folder_with_users_can_still_become_a_data_folder(users: Users) -> None:
    users.add("anna", Role.ADMIN)
    folder = DataFolder(users.folder.parent)
    folder.prepare("https://w3id.org/vekha/")
    assert json.loads(folder.format.read_bytes())["base"] == "https://w3id.org/vekha/"

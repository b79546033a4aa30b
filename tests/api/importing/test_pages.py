from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.access.audit import AuditLog, Author
from api.access.users import Role, Users
from api.app import create_app
from api.commands.examples import example_documents
from api.importing.imports import MOST_OPEN, Import, Imports
from api.importing.loading import Loader, open_loader
from api.settings import Settings, read_settings
from tests.api.conftest import HOSTILE_TEXT

CSRF = re.compile(r'name="csrf" value="([^"]+)"')
DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')
SLUG = "tomsk-obl-nastav"
SECONDS = 90

PLAN = "План мероприятий («дорожная карта») развития наставничества Томской области на 2021-2024 годы\n\n" + "\n".join(
    "\t".join(cells)
    for cells in (
        ("№ п/п", "Мероприятие", "Сроки", "Ответственные", "Кому"),
        ("1.", "Подготовка наставников", "Май 2022", "ТОИПКРО", "школам"),
        ("2.", "Конкурс наставников", "Декабрь 2023", "Департамент общего образования Томской области", "школам"),
    )
)


@dataclass
class Bench:
    """A running service with a writer, and what is needed to act as somebody there."""

    client: TestClient
    loader: Loader
    tokens: dict[str, str]

    @property
    def imports(self) -> Imports:
        found = self.client.app.state.imports  # type: ignore[attr-defined]
        assert isinstance(found, Imports)
        return found

    def sign_in(self, who: str) -> None:
        self.client.cookies.clear()
        page = self.client.get("/sign-in").text
        fields = {"csrf": csrf(page), "token": self.tokens[who], "next": "/import"}
        assert self.client.post("/sign-in", data=fields).status_code == 303

    def send(self, *files: tuple[str, bytes]) -> Response:
        page = self.client.get("/import").text
        return self.client.post("/import", data={"csrf": csrf(page)}, files=[("file", file) for file in files])

    def begin(self, *files: tuple[str, bytes]) -> Import:
        answer = self.send(*files)
        assert answer.status_code == 303, answer.text
        return self.wait(answer.headers["location"].rpartition("/")[2])

    def wait(self, name: str, *states: str) -> Import:
        """The import when it is in one of the states, without any when it waits for nobody but a person."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            one = self.imports.find(name)
            if one is not None and one.state in (states or ("ready", "done", "failed")):
                return one
            time.sleep(0.05)
        pytest.fail("the import does not come to an end")

    def page(self, one: Import, query: str = "") -> str:
        return self.client.get(f"/import/{one.id}{query}").text

    def act(self, one: Import, do: str, **fields: str) -> Response:
        page = self.page(one)
        return self.client.post(f"/import/{one.id}", data={"csrf": csrf(page), "do": do, **fields})

    def confirm(self, one: Import) -> Import:
        found = DIGEST.search(self.page(one))
        assert found is not None
        assert self.act(one, "confirm", digest=found[1]).status_code == 303
        return self.wait(one.id)


def csrf(page: str) -> str:
    found = CSRF.search(page)
    assert found is not None, page[:2000]
    return found[1]


def example(start: str) -> tuple[str, bytes]:
    path = next(path for path in example_documents() if path.name.startswith(start))
    return path.name, path.read_bytes()


def profile_of(start: str) -> tuple[str, bytes]:
    path = next(path for path in example_documents() if path.name.startswith(start))
    beside = path.with_name(f"{path.stem}.profile.yaml")
    return beside.name, beside.read_bytes()


def service(settings: Settings, loader: Loader) -> TestClient:
    app = create_app(settings, loader=loader)
    return TestClient(app, client=("127.0.0.1", 5000), follow_redirects=False, headers={"Accept": "text/html"})


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("imports") / "data"
    users = Users(folder / "access")
    made = {name: users.add(name, role)[1] for name, role in (("anna", Role.EDITOR), ("boris", Role.ANALYST))}
    made["vera"] = users.add("vera", Role.EDITOR, graphs=("urn:x:*",))[1]
    settings = read_settings(data=folder, workers=1, budget_errors=0, upload_bytes=1_000_000)
    with open_loader(settings) as loader, service(settings, loader) as client:
        yield Bench(client, loader, made)


@pytest.fixture
def anna(bench: Bench) -> Bench:
    bench.sign_in("anna")
    return bench


def test_who_is_not_known_is_told_what_importing_is_and_sends_in_vain(bench: Bench) -> None:
    bench.client.cookies.clear()
    page = bench.client.get("/import")
    assert page.status_code == 200
    assert "/sign-in?next=%2Fimport" in page.text
    assert 'type="file"' not in page.text
    assert bench.client.post("/import", files=[("file", example("001"))]).status_code == 401
    led = bench.client.get("/import/0123456789abcdef?row=11")
    assert (led.status_code, led.headers["location"]) == (
        303,
        "/sign-in?next=%2Fimport%2F0123456789abcdef%3Frow%3D11",
    )
    assert not list(bench.imports.all())


@pytest.mark.parametrize("who", ["boris", "vera"])
def test_who_may_not_load_everything_sees_no_form_and_sends_in_vain(bench: Bench, who: str) -> None:
    bench.sign_in(who)
    page = bench.client.get("/import").text
    assert 'type="file"' not in page
    sent = bench.client.post("/import", data={"csrf": csrf(page)}, files=[("file", example("001"))])
    assert sent.status_code == 403
    assert not list(bench.imports.all())


def test_a_form_of_another_page_is_refused(anna: Bench) -> None:
    for fields in ({}, {"csrf": "guessed"}):
        assert anna.client.post("/import", data=fields, files=[("file", example("001"))]).status_code == 403
    assert not list(anna.imports.all())


def test_nothing_is_stored_before_it_is_confirmed_and_all_of_it_afterwards(anna: Bench) -> None:
    before = anna.loader.store.version
    one = anna.begin(example("001"), profile_of("001"))
    assert anna.loader.store.version == before
    assert anna.client.get(f"/roadmaps/{SLUG}").status_code in {404, 503}
    folder = anna.imports.folder / one.id
    assert {path.name for path in folder.iterdir()} == {"import.json", "preview-0.json", one.files[0].sha256}
    assert folder.stat().st_mode & 0o077 == 0

    page = anna.page(one)
    assert "1–10 из 18" in page
    assert "Разработка муниципальных дорожных карт" in page
    assert "Руководители образовательных организаций" in page
    assert len(page.encode()) < 100_000
    assert "11–18 из 18" in anna.page(one, "?row=11")

    wrong = anna.act(one, "confirm", digest="0" * 64)
    assert (wrong.status_code, anna.loader.store.version) == (409, before)

    done = anna.confirm(one)
    assert (done.state, anna.loader.store.version > before) == ("done", True)
    assert [path.name for path in folder.iterdir()] == ["import.json"]
    report = anna.page(done)
    assert f"/roadmaps/{SLUG}" in report
    assert f"to={anna.loader.store.version}" in report
    assert one.id in anna.client.get("/import").text
    (line,) = (line for line in AuditLog(anna.loader.store.folder).read() if line["action"] == "load")
    assert (line["who"], line["detail"]["files"]) == ("anna", [example("001")[0]])
    assert anna.act(done, "cancel").status_code == 409


def test_a_new_edition_is_told_row_by_row_and_gets_stale_when_the_data_change(anna: Bench) -> None:
    name, content = example("001")
    newer = content.decode().replace("Декабрь 2020", "Ноябрь 2020").encode()
    one = anna.begin(("план.txt", newer))
    assert "Похоже на новую редакцию" in anna.page(one)
    assert anna.act(one, "edition", roadmap=SLUG).status_code == 303
    one = anna.wait(one.id, "ready")
    page = anna.page(one)
    assert "срок перенесён (2)" in page
    assert page.count("Ноябрь 2020") >= 2

    other = anna.begin(("другой.txt", PLAN.encode()))
    anna.confirm(other)
    digest = one.digest
    assert anna.act(one, "confirm", digest=digest).status_code == 303
    again = anna.wait(one.id, "ready")
    assert (again.stale, again.version) == (one.version, anna.loader.store.version)
    assert "посмотрите его ещё раз" in anna.page(again)
    assert anna.act(again, "confirm", digest=digest).status_code == 409
    done = anna.confirm(again)
    assert done.report is not None
    assert done.report["documents"][0]["changes"] == {"deadline-moved": 2}
    assert name != done.files[0].name


def test_columns_and_head_are_changed_by_choosing_and_become_the_profile(anna: Bench) -> None:
    one = anna.begin(("plan-a.txt", PLAN.encode()))
    page = anna.page(one)
    assert "ТОИПКРО" in page
    changed = {"t1.4": "other", "title": "Наставники 2022", "level": "municipality", "period": "2022-2023"}
    assert anna.act(one, "revise", **changed).status_code == 303
    one = anna.wait(one.id, "ready")
    profile = one.files[0].profile
    assert profile is not None
    assert "Наставники 2022" in profile
    preview = anna.imports.preview(one, 0)
    assert preview is not None
    read = preview["extraction"]
    assert (read["title"], read["level"], read["period"]["start"]) == ("Наставники 2022", "municipality", "2022-01-01")
    assert not [actor for row in read["rows"] for actor in row["responsible"]]

    for field, value in (("period", "никогда"), ("territory", "Атлантида"), ("t1.4", "moon"), ("title", "x")):
        refused = anna.act(one, "revise", **{field: value})
        assert refused.status_code == 400, field
        assert 'class="error"' in refused.text
    known = anna.imports.find(one.id)
    assert known is not None
    assert known.files[0].profile == profile

    assert anna.act(one, "reset").status_code == 303
    assert anna.wait(one.id, "ready").files[0].profile is None
    assert anna.act(one, "cancel").headers["location"] == "/import"
    assert not (anna.imports.folder / one.id).exists()
    assert anna.client.get(f"/import/{one.id}").status_code == 404


def test_one_actor_is_corrected_before_anything_is_loaded(anna: Bench) -> None:
    one = anna.begin(("plan-b.txt", PLAN.encode()))

    def actors(one: Import) -> list[list[str]]:
        preview = anna.imports.preview(one, 0)
        assert preview is not None
        return [[actor["label"] for actor in row["responsible"]] for row in preview["extraction"]["rows"]]

    (institute,), (department,) = actors(one)
    assert anna.act(one, "actor", row="1", actor="0", words=department).headers["location"].endswith("row=1")
    one = anna.wait(one.id, "ready")
    assert actors(one) == [[department], [department]]
    # Corrected again, the first correction is replaced; empty words take the actor away.
    anna.act(one, "actor", row="1", actor="0", words=institute)
    one = anna.wait(one.id, "ready")
    assert actors(one) == [[institute], [department]]
    anna.act(one, "actor", row="2", actor="0", words="")
    one = anna.wait(one.id, "ready")
    assert actors(one) == [[institute], []]
    profile = one.files[0].profile
    assert profile is not None
    assert profile.count("instead:") == 2
    assert profile.count("by: anna") == 2
    for row, actor in (("9", "0"), ("1", "7"), ("x", "0"), ("1", "-1")):
        assert anna.act(one, "actor", row=row, actor=actor, words="x").status_code == 400
    anna.act(one, "cancel")


def test_who_corrected_an_actor_before_the_load_is_told_afterwards(anna: Bench) -> None:
    one = anna.begin(("plan-c.txt", PLAN.encode()))
    anna.act(one, "actor", row="1", actor="0", words="")
    anna.confirm(anna.wait(one.id, "ready"))
    assert "anna, plan-c.profile.yaml" in anna.client.get("/roadmaps/plan-c/corrections").text


def test_targets_are_shown_as_they_were_read(anna: Bench) -> None:
    one = anna.begin(example("001"), profile_of("001"))
    page = unescape(anna.page(one))
    assert "2020: 20<" in page
    assert "2020: 2020" not in page
    anna.act(one, "cancel")


def test_what_cannot_be_read_is_told_and_does_not_keep_the_others_out(anna: Bench) -> None:
    one = anna.begin(("bad.docx", b"PK\x03\x04 nothing"), ("good.txt", PLAN.replace("конкурс", "слёт").encode()))
    page = unescape(anna.page(one))
    assert "загрузить нельзя" in page
    assert "Загрузить 1 документ" in page
    assert "bad.docx:" in page
    done = anna.confirm(one)
    assert done.report is not None
    assert [document["file"] for document in done.report["documents"]] == ["good.txt"]
    bad = anna.begin(("alone.pdf", b"%PDF-1.4 nothing"))
    page = anna.page(bad)
    assert "Загрузить из этого ничего нельзя" in page
    assert "загрузите внизу страницы" not in page
    assert "предпросмотр готов" not in anna.client.get("/import").text
    assert anna.act(bad, "confirm", digest=bad.digest).status_code == 409
    anna.act(bad, "cancel")


def test_hostile_texts_and_names_show_as_text(anna: Bench) -> None:
    name = '"><img src=x onerror=alert(1)>.txt'
    one = anna.begin((name, HOSTILE_TEXT.encode()))
    page = anna.page(one)
    assert "<script>alert(1)" not in page
    assert "<img" not in page
    assert "&lt;img src=x onerror=" in page
    assert "&lt;img" in anna.client.get("/import").text
    anna.act(one, "cancel")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ((), "Выберите хотя бы один документ"),
        ((("a.profile.yaml", b"level: region"),), "профиль документа"),
        ((("a.txt", b"x"), ("a.profile.yaml", b"level: moon")), "a.profile.yaml"),
        ((("a.txt", b"x"), ("b/a.txt", b"y")), "дважды"),
        ((("a.txt", b"x" * 1_200_000),), "1000000"),
        ((("..", b"x"),), "«..»"),
        (tuple((f"{number}.txt", b"x") for number in range(201)), "200"),
    ],
)
def test_what_is_too_much_or_no_document_is_refused_on_the_page(
    anna: Bench, files: tuple[tuple[str, bytes], ...], words: str
) -> None:
    answer = anna.send(*files)
    assert answer.status_code in {400, 413}
    assert words in unescape(answer.text).replace("\u00a0", "")
    assert 'role="alert"' in answer.text


def test_open_imports_are_bounded_and_forgotten(anna: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Imports, "_examine", lambda _self, _name: None)
    opened = [anna.send((f"{number}.txt", b"x")) for number in range(MOST_OPEN + 1)]
    assert [answer.status_code for answer in opened] == [303] * MOST_OPEN + [429]
    names = [answer.headers["location"].rpartition("/")[2] for answer in opened[:-1]]
    one = anna.imports.find(names[0])
    assert one is not None
    for name in names:
        known = anna.imports.find(name)
        assert known is not None
        anna.imports._save(replace(known, touched="2026-01-01T00:00:00+00:00"))
    assert anna.imports.find(names[0]) is None
    assert anna.client.get(f"/import/{names[0]}").status_code == 404
    assert anna.send(("again.txt", b"x")).status_code == 303
    assert not any((anna.imports.folder / name).exists() for name in names)
    for left in anna.imports.all():
        anna.imports.cancel(left) if left.is_open else None


def test_what_a_stopped_server_left_is_finished_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings(data=tmp_path / "data", workers=1)
    with open_loader(settings) as loader:
        imports = Imports(loader)
        monkeypatch.setattr(Imports, "_examine", lambda _self, _name: None)
        with (tmp_path / "a").open("w+b") as file:
            file.write(PLAN.encode())
            made = []
            for _ in range(3):
                file.seek(0)
                made.append(imports.begin(Author("anna"), [("план.txt", file)], {}))
        imports.close()
        monkeypatch.undo()
        reading, lost, loaded = made
        imports._save(replace(lost, state="loading", before=0))
        (imports.folder / ".0123456789abcdef").mkdir()
        (imports.folder / "0123456789abcdef").mkdir()

        following = Imports(loader)
        following.resume()
        bench = Bench(service(settings, loader), loader, {})
        bench.client.app.state.imports = following  # type: ignore[attr-defined]
        assert bench.wait(reading.id).state == "ready"
        settled = following.find(lost.id)
        assert settled is not None
        assert settled.report is not None
        assert [document["status"] for document in settled.report["documents"]] == ["failed"]
        assert not (following.folder / lost.id / lost.files[0].sha256).exists()
        assert {path.name for path in following.folder.iterdir()} == {one.id for one in made}

        ready = bench.wait(loaded.id)
        following.confirm(ready, ready.digest, Author("anna"))
        assert bench.wait(loaded.id, "done").state == "done"
        following._save(replace(ready, state="loading"))
        following.close()
        last = Imports(loader)
        last.resume()
        settled = last.find(loaded.id)
        assert settled is not None
        assert settled.report is not None
        assert [document["status"] for document in settled.report["documents"]] == ["loaded"]
        last.close()


def test_a_program_imports_with_its_token_and_reads_the_state(bench: Bench) -> None:
    bench.client.cookies.clear()
    headers = {"Authorization": f"Bearer {bench.tokens['anna']}"}
    sent = bench.client.post("/import", files=[("file", ("api.txt", PLAN.encode()))], headers=headers)
    assert sent.status_code == 303
    one = bench.wait(sent.headers["location"].rpartition("/")[2])
    told = bench.client.get(f"/import/{one.id}.json", headers=headers).json()
    assert (told["state"], told["digest"]) == ("ready", one.digest)
    assert bench.client.get(f"/import/{one.id}.json").status_code == 401
    assert bench.client.post(f"/import/{one.id}", data={"do": "cancel"}, headers=headers).status_code == 303


def test_a_service_that_only_reads_says_so(client: TestClient) -> None:
    page = client.get("/import", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "только читают" in page.text
    assert client.get("/import/0123456789abcdef.json").status_code in {401, 403}

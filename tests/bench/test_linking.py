from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode

from bench.linking.by_hand import decidable, read_written
from bench.linking.register import Municipality, Register
from bench.linking.scores import main, tell
from ontology.registers import RegisterRecord

if TYPE_CHECKING:
    from pathlib import Path

TOMSK, PERM = NamedNode("http://x/70"), NamedNode("http://x/59")
REGIONS = {TOMSK: "Томская область", PERM: "Пермский край"}
HEAD = "mention\ttype\tregion\tkey\tkinds\n"


def municipality(name: str, region: NamedNode, short: str, centre: str) -> Municipality:
    return Municipality(
        NamedNode(f"http://x/{name}"), region, REGIONS[region], f"{short} район", short, "муниципальный район", centre
    )


PLACES = [
    municipality("asino", TOMSK, "Асиновский", "Асино"),
    municipality("first-tomsk", TOMSK, "Первомайский", "Первомайское"),
    municipality("first-perm", PERM, "Первомайский", "Первомайск"),
]
REGISTER = Register(
    [
        RegisterRecord(
            iri=NamedNode(f"http://x/school-{at}"),
            register="test",
            key=str(at),
            kind="organisation",
            name="МБОУ СОШ № 1",
            territory=one.iri,
            region=one.region,
        )
        for at, one in enumerate(PLACES)
    ],
    REGIONS | {one.iri: one.name for one in PLACES},
    PLACES,
)


def written(folder: Path, *lines: str) -> Path:
    file = folder / "mentions.tsv"
    file.write_text("# by hand\n" + HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def test_mentions_are_read_with_their_quotes_and_hints(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'МБОУ "СОШ №1" Асино\torganisation\tТомская область\t0\tquotes,short',
        "школы\torganisation\tТомская область\t\tnone",
    )
    first, second = read_written(file, REGISTER)
    assert (first.text, first.key, first.noise) == ('МБОУ "СОШ №1" Асино', "0", ("quotes", "short"))
    assert second.key is None
    assert "territory" not in first.asked(hints=True).kinds
    assert first.asked(hints=True).region == TOMSK
    assert first.asked(hints=False).region is None
    assert [first.may_be(record) for record in REGISTER.records] == [True, True, False]


@pytest.mark.parametrize(
    "line",
    [
        "школа\torganisation\tМарс\t0\tshort",
        "школа\torganisation\tТомская область\t77\tshort",
        "школа\tship\tТомская область\t0\tshort",
        "школа",
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match="line 3"):
        read_written(written(tmp_path, line), REGISTER)


@pytest.mark.parametrize(
    ("text", "key", "told"),
    [
        ("школа Асиновского района", "0", True),
        ("школа Первомайского района", "1", False),
        ("школа Первомайского района Томской области", "1", True),
        ("школа № 1", "0", False),
    ],
)
def test_which_region_is_told_by_a_place_without_namesake(tmp_path: Path, text: str, key: str, told: bool) -> None:  # noqa: FBT001
    mentions = read_written(written(tmp_path, f"{text}\torganisation\tТомская область\t{key}\tshort"), REGISTER)
    assert bool(decidable(REGISTER, mentions)) is told


def test_of_held_out_mentions_only_totals_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mentions = read_written(written(tmp_path, "тайная школа\torganisation\tТомская область\t0\tshort"), REGISTER)
    tell(mentions, [(["1"], "1")], held_out=True, rows=True)
    assert not capsys.readouterr().out
    tell(mentions, [(["1"], "1")], held_out=False, rows=True)
    assert "тайная школа" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["shared", "--mentions", "mentions-held-out.tsv", "--wrong"])
    assert "only totals" in capsys.readouterr().err

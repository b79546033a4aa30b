from __future__ import annotations

import csv
import importlib.util
import re
import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.values.actors import ActorContext, document_spellings, split_actors
from ontology.reference import Reference, load_reference

KEYS = {"body-group": "g:", "post-group": "p:", "person-group": "n:"}
TERRITORIES = {"D0": "tomsk-obl", "D1": "tomsk-obl", "D2": "tambov-obl", "D3": "tomsk-city", "D4": "khorol-mo"}
# What the five documents define themselves.
GLOSSARIES = {
    "D0": {"МОУО": "Муниципальные органы управления образованием"},
    "D2": {
        "Концепция": "Концепция развития системы научно-методического сопровождения",
        "Центр": "Центр непрерывного повышения профессионального мастерства",
    },
    "D4": {
        "ЦНППМПР ПК": "Центр непрерывного повышения профессионального мастерства педагогических работников "
        "Приморского края",
        "ГАУ ДПО ПК ИРО": "Государственное автономное учреждение дополнительного профессионального образования "
        "«Приморский краевой институт развития образования»",
        "УО АХМО": "управление образованием администрации Хорольского муниципального округа",
        "ОМР": "отдел по методической работе МКУ «Служба обеспечения деятельности муниципальных образовательных "
        "учреждений Хорольского муниципального округа»",
        "ОО ХМО": "образовательные организации Хорольского муниципального округа",
        "МГУО": "методические группы учителей округа",
        "ДК": "дорожная карта",
    },
}
CELLS = Path(__file__).parent / "actor_cells.tsv"


@cache
def reference() -> Reference:
    return load_reference()


@cache
def anywhere() -> ActorContext:
    return ActorContext(reference=reference(), territory="novosibirsk-obl", roadmap="made-up")


def seed_rows(shared: Path) -> list[dict[str, str]]:
    with (shared / "gold" / "seed-rows.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def contexts(rows: list[dict[str, str]], known: Reference) -> dict[str, ActorContext]:
    return {
        document: ActorContext(
            reference=known,
            territory=territory,
            roadmap=f"roadmap-{document.lower()}",
            glossary=GLOSSARIES.get(document, {}),
            spellings=document_spellings(row["actor_cell"] for row in rows if row["id"].startswith(document)),
        )
        for document, territory in TERRITORIES.items()
    }


def scoring(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", shared / "gold" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def key(iri: str, label: str) -> str:
    kind, name = iri.split("/id/")[1].split("/")
    match kind:
        case "group":
            return KEYS[reference().groups[name].kind] + name
        case "person":
            return f"i:{label}"
        case "body":
            return name
        case _:
            return f"{kind}:{name}"


def test_every_cell_of_the_five_documents_gives_its_actors_in_order(shared: Path) -> None:
    rows = seed_rows(shared)
    context = contexts(rows, reference())
    for row in rows:
        found = split_actors(row["actor_cell"], context=context[row["id"][:2]])
        expected = [part for part in re.split(r",\s", row["actors"]) if part.strip()]
        assert [key(actor.iri or "", actor.label) for actor in found] == expected, row["id"]


@pytest.mark.parametrize(("emptied", "mention", "entity", "kind"), [(False, 1.0, 0.99, 1.0), (True, 0.98, 0.98, 0.99)])
def test_scores_on_the_five_documents(
    shared: Path,
    emptied: bool,  # noqa: FBT001  (pytest passes by name)
    mention: float,
    entity: float,
    kind: float,
) -> None:
    score = scoring(shared)
    rows = seed_rows(shared)
    known = reference().without_documents() if emptied else reference()
    context = contexts(rows, known)
    sums = {"mention": [], "entity": [], "kind": []}  # type: dict[str, list[float]]
    for document in TERRITORIES:
        gold = score.json.loads((shared / "gold" / "seeds" / f"00{document[1]}.json").read_text(encoding="utf-8"))
        for expected, row in zip(gold["rows"], [row for row in rows if row["id"].startswith(document)], strict=True):
            actors = expected.get("responsible", [])
            found = [
                {"raw": actor.raw, "label": actor.label, "kind": actor.kind}
                for actor in split_actors(row["actor_cell"], context=context[document])
            ]
            if actors or found:
                sums["mention"].append(score.actor_f1(actors, found, entity=False))
                sums["entity"].append(score.actor_f1(actors, found, entity=True))
                sums["kind"].append(score.f1(sorted(a["kind"] for a in actors), sorted(a["kind"] for a in found)))
    means = {name: sum(values) / len(values) for name, values in sums.items()}
    assert means["mention"] >= mention
    assert means["entity"] >= entity
    assert means["kind"] >= kind


def made_up_cells() -> list[tuple[str, str]]:
    with CELLS.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["cell"].replace("\\n", "\n"), row["actors"]) for row in rows]


@pytest.mark.parametrize(("cell", "expected"), made_up_cells())
def test_cells_of_any_roadmap(cell: str, expected: str) -> None:
    found = split_actors(cell, context=anywhere())
    said = [
        f"{actor.label} [{actor.kind}{'' if actor.role == 'responsible' else f', {actor.role}'}]" for actor in found
    ]
    assert " | ".join(said) == expected


@pytest.mark.parametrize("separator", [", ", "\n"])
def test_a_name_may_begin_with_its_territory(separator: str) -> None:
    context = replace(anywhere(), territory="saint-petersburg")

    found = split_actors(separator.join(["КО СПб", "ИМЦ Невского района", "СПб АППО"]), context=context)

    assert [actor.raw for actor in found] == ["КО СПб", "ИМЦ Невского района", "СПб АППО"]


def test_at_least_eighty_made_up_cells() -> None:
    assert len(made_up_cells()) >= 80


@pytest.mark.parametrize("cell", ["", "  \n ", "-", "—", "нет", "Не определены.", "…"])
def test_a_cell_that_names_nobody_is_empty(cell: str) -> None:
    assert split_actors(cell, context=anywhere()) == []


def test_the_same_letters_name_another_institute_in_another_territory() -> None:
    found = {
        territory: split_actors("ТОИПКРО", context=replace(anywhere(), territory=territory))[0]
        for territory in ("tomsk-obl", "tambov-obl", "primorsky-krai")
    }
    assert [(actor.iri or "").split("/id/")[1] for actor in found.values()] == [
        "body/tomsk-obl_toipkro",
        "body/tambov-obl_toipkro",
        "provisional/primorsky-krai_toipkro",
    ]
    assert found["primorsky-krai"].confidence < found["tomsk-obl"].confidence


def test_the_glossary_of_the_document_comes_first() -> None:
    context = replace(anywhere(), territory="tomsk-city", glossary={"ДО": "дополнительное образование города"})
    actor = split_actors("ДО", context=context)[0]
    assert actor.label == "дополнительное образование города"
    assert "provisional" in (actor.iri or "")
    assert actor.justification == "glossary of the document"


def test_a_glossary_that_agrees_resolves_to_the_known_body() -> None:
    context = replace(anywhere(), territory="tomsk-city", glossary={"ДО": "департамент образования г. Томска"})
    assert (split_actors("ДО", context=context)[0].iri or "").endswith("body/tomsk-city_do")


def test_a_known_misprint_is_the_known_body_with_less_confidence() -> None:
    context = replace(anywhere(), territory="tomsk-obl")
    misprint, right = (split_actors(cell, context=context)[0] for cell in ("ДО ТОО", "ДОО ТО"))
    assert misprint.iri == right.iri
    assert misprint.confidence < right.confidence
    assert misprint.justification == "known misprint"


def test_two_letters_exchanged_are_proposed_for_review() -> None:
    actor = split_actors("ТОИПКОР", context=replace(anywhere(), territory="tomsk-obl"))[0]
    assert (actor.iri or "").endswith("tomsk-obl_toipkro")
    assert actor.confidence <= 0.6
    other = split_actors("ТОИПКРА", context=replace(anywhere(), territory="tomsk-obl"))[0]
    assert "provisional" in (other.iri or "")


def test_a_shared_modifier_stands_in_both_labels_and_not_in_the_text() -> None:
    context = replace(anywhere(), territory="khorol-mo", glossary=GLOSSARIES["D4"])
    first, second = split_actors("руководитель и педагоги МКОУ СОШ с.Благодатное", context=context)
    assert (first.raw, first.label, first.kind) == ("руководитель", "руководитель МКОУ СОШ с.Благодатное", "role")
    assert (second.raw, second.kind) == ("педагоги МКОУ СОШ с.Благодатное", "group")
    assert (first.iri or "").endswith("post/khorol-mo_blagodatnoe-head")


def test_blanks_alone_separate_known_names() -> None:
    context = replace(anywhere(), territory="khorol-mo", glossary=GLOSSARIES["D4"])
    found = split_actors("УО АХМО ОМР Руководитель МКОУ СОШ с.Благодатное", context=context)
    assert [actor.raw for actor in found] == ["УО АХМО", "ОМР", "Руководитель МКОУ СОШ с.Благодатное"]


def test_names_met_alone_elsewhere_in_the_document_cut_a_list() -> None:
    spellings = document_spellings(["АБВГД", "ЕЖЗИК, лицеи", "Центр роста"])
    assert spellings == {"абвгд", "ежзик"}
    found = split_actors("Рабочие комиссии управления АБВГД", context=replace(anywhere(), spellings=spellings))
    assert [actor.raw for actor in found] == ["Рабочие комиссии управления", "АБВГД"]


@pytest.mark.parametrize(
    "piece",
    ["А", "а", "И.", "Иванова ", "Иван Иванович ", "МБОУ ", "наставник ", "зам. ", "ОО, ", "(далее ", "(", "а\n"],
)
def test_an_endless_cell_is_read_in_time_of_its_length(piece: str) -> None:
    cell = piece * (20_000 // len(piece))
    started = time.thread_time()
    split_actors(cell, context=anywhere())
    # Reading at the square of the length takes minutes.
    assert time.thread_time() - started < 30


def test_persons_have_one_address_in_a_roadmap_and_another_elsewhere() -> None:
    one, other = (
        split_actors("Иванова И.И., И. И. Иванова", context=replace(anywhere(), roadmap=roadmap))
        for roadmap in ("one", "other")
    )
    assert one[0].iri == one[1].iri
    assert one[0].iri != other[0].iri
    assert "ivanova" not in (one[0].iri or "")


def test_the_column_gives_the_role_and_the_cell_may_change_it() -> None:
    context = replace(anywhere(), column="participant-or-organizer")
    found = split_actors("МОУО, ОО (по согласованию) при участии ИРО", context=context)
    assert [(actor.raw, actor.role) for actor in found] == [
        ("МОУО", "participant-or-organizer"),
        ("ОО (по согласованию)", "by-agreement"),
        ("ИРО", "co-executor"),
    ]


WORDS = st.sampled_from(
    [
        *(
            "ОО",
            "МОУО",
            "ТОИПКРО",
            "ДОО ТО",
            "МБОУ",
            "СОШ",
            "(МОУО)",
            "№",
            "5",
            "1.",
            "\n",
            " ",
            "и",
            "а также",
            "и др.",
        ),
        *(",", ";", ".", ":", "/", "–", "-", "(", ")", "«", "»"),
        *("руководители", "педагоги", "директор", "зам.", "классные", "учителя-наставники", "реализующие", "науки"),
        *("Иванова И.И.", "П.П. Петров", "Центра", "Муниципальные органы", "управления образованием"),
        *("Министерство образования", "исполнители", "совместно с", "по согласованию"),
    ],
)
JOINING = re.compile(
    r"\b(?:и|или|либо|а|также|при|участии|с|со|участием|совместно|во|взаимодействии|в|сотрудничестве|поддержке"
    r"|привлечением|соисполнител[ьи]|соорганизатор[ы]?|(?:ответственн(?:ый|ые)(?: исполнител[ьи])?|исполнител[ьи])"
    r"|участники?|\d+)\b",
    re.IGNORECASE,
)


def check(cell: str) -> None:
    position = 0
    left_out = ""
    for actor in split_actors(cell, context=replace(anywhere(), territory="tomsk-obl")):
        assert actor.start is not None
        assert actor.end is not None
        assert position <= actor.start < actor.end <= len(cell)
        assert cell[actor.start : actor.end] == actor.raw
        assert actor.label
        assert actor.label == actor.label.strip()
        assert actor.kind in {"body", "person", "role", "group"}
        assert 0 < actor.confidence <= 1
        left_out += cell[position : actor.start] + " "
        position = actor.end
    left_out += cell[position:]
    if not re.fullmatch(r"\W*(?:нет|отсутств\w+|не \w+)\W*", cell, re.IGNORECASE):
        assert not re.search(r"[^\W\d_]", JOINING.sub("", left_out)), left_out


@settings(max_examples=400)
@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_no_letter_of_a_made_up_cell_is_lost(cell: str) -> None:
    check(cell)


@settings(max_examples=300)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_read_without_an_error(cell: str) -> None:
    check(cell)

"""The form for one wrong value: the cell, what was read from it, and the values that could be right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, get_args

from api.commands.review_report import concept_labels
from api.things.versions import anchor_of
from loaders.corrected_values import NO_ROW, ROW_KINDS
from loaders.corrections import LISTED, REMOVABLE
from loaders.extraction import CorrectedField, Operation
from ontology.iris import SCHEMES_NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.knowledge import Knowledge, Record
    from api.language import Language
    from graph.search import SearchIndex

_FOUND: Final = 12
_SHORT: Final = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What the address of a form says: of `field`, in the cell `anchor`, `instead` is wrong and `right` is right.

    `operation` is replace, add or remove; `is_asked`: the effect is to be shown.
    """

    field: CorrectedField
    anchor: str | None
    operation: Operation
    instead: str | None
    right: str
    words: str
    reason: str
    find: str | None
    is_asked: bool

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Wanted | None:
        """None if the fields name nothing that can be corrected."""
        asked = fields.get("value")
        # A target is read from the words of its cell.
        fits = (known for known in get_args(CorrectedField) if known == ("text" if asked == "target" else asked))
        name: CorrectedField | None = next(fits, None)
        operation: Operation = next((known for known in get_args(Operation) if known == fields.get("do")), "replace")
        if name is None:
            return None
        if (operation == "add" and name not in LISTED) or (operation == "remove" and name not in REMOVABLE):
            operation = "replace"

        def line(key: str) -> str:
            return " ".join(fields.get(key, "").split())

        return cls(
            field=name,
            anchor=fields.get("cell") or None,
            operation=operation,
            instead=(line("instead") or None) if name in LISTED and operation != "add" else None,
            right=line("right"),
            # The words of a cell keep their lines.
            words=fields.get("words", "").strip() if name == "text" else line("words"),
            reason=line("reason"),
            find=line("find") if "find" in fields else None,
            is_asked=fields.get("step") == "effect",
        )

    @property
    def chosen(self) -> str | None:
        """The right value; what is typed wins over what is chosen."""
        return None if self.operation == "remove" else (self.words or self.right or None)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    more: str = ""


@dataclass(slots=True)
class CorrectionForm:
    """`read` are the values that were read, of which one may be wrong; `choices` those that could be right."""

    wanted: Wanted
    cell: Record | None
    read: list[Choice] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    # What the field for words holds at first.
    typed: str = ""
    find: str = ""

    @property
    def is_listed(self) -> bool:
        return self.wanted.field in LISTED

    @property
    def may_remove(self) -> bool:
        return self.wanted.field in REMOVABLE

    @property
    def has_words(self) -> bool:
        return self.wanted.field not in {"kind", "theme", "level"}


def correction_form(
    knowledge: Knowledge, graph: str, wanted: Wanted, *, language: Language, search: SearchIndex | None
) -> CorrectionForm | None:
    """The form for the current version, whose graph is `graph`; None if it has no such cell."""
    code, cell = language.code, None
    if wanted.anchor is not None:
        version = graph.rsplit("/", 1)[-1]
        thing = f"{version}_{wanted.anchor}"
        if "_c" in wanted.anchor:
            iri: str | None = knowledge.iris.namespace("cell") + thing
        else:
            row = knowledge.iris.namespace("row") + thing
            found = knowledge.records("main-cell", code, graph=graph, thing=row)
            iri = str(found[0]["cell"]) if found else None
        cells = knowledge.records("correctable-cell", code, graph=graph, thing=iri) if iri else []
        cell = next(iter(cells), None)
        if cell is None:
            return None
        cell["anchor"] = anchor_of(str(cell["cell"]))
    form = CorrectionForm(wanted, cell)
    entry = str(cell["entry"]) if cell and cell["entry"] else None
    labels = concept_labels(code)
    match wanted.field:
        case "actor":
            form.read = [
                Choice(str(one["actor"]), str(one["label"] or one["words"] or ""), str(one["words"] or ""))
                for one in _of_entry(knowledge.records("assigned-actors", code, graph=graph), entry)
            ]
            form.find = wanted.find if wanted.find is not None else _first_guess(form, wanted)
            form.choices = _actors(search, form, code)
        case "theme":
            found = _of_entry(knowledge.records("assigned-themes", code, graph=graph), entry)
            form.read = [Choice(_short(one["theme"]), str(one["themeLabel"]), str(one["bases"])) for one in found]
            form.choices = _concepts(labels, "theme")
        case "deadline":
            found = _of_entry(knowledge.records("read-deadlines", code, graph=graph), entry)
            form.read = [Choice("", str(one["raw"] or one["kindLabel"] or "")) for one in found if not one["elsewhere"]]
            form.typed = wanted.words or str(cell["text"] if cell else "")
        case "level":
            form.choices = _concepts(labels, "level")
        case "kind":
            kinds = {
                "activity": language.text("activity"),
                "result": language.text("result"),
                "indicator": language.text("indicator"),
                "form-item": language.text("form item"),
                NO_ROW: language.text("no row of the plan"),
            }
            form.choices = [Choice(name, kinds[name]) for name in (*ROW_KINDS, NO_ROW)]
        case "text":
            form.typed = wanted.words or str(cell["text"] if cell else "")
        case "number":
            form.typed = wanted.words or str((cell or {}).get("number") or "")
        case _:
            form.typed = wanted.words
    return form


def _of_entry(records: Sequence[Record], entry: str | None) -> list[Record]:
    return [record for record in records if str(record["entry"]) == entry]


def _first_guess(form: CorrectionForm, wanted: Wanted) -> str:
    """What is searched at first: the words of the wrong actor."""
    wrong = next((one for one in form.read if one.value == wanted.instead), None)
    return (wrong.more or wrong.label)[:_SHORT] if wrong else ""


def _actors(search: SearchIndex | None, form: CorrectionForm, code: str) -> list[Choice]:
    if search is None or not form.find:
        return []
    found = search.search(form.find, kinds={"body"}, limit=_FOUND, language=code, typed=False)
    return [Choice(hit.iri, hit.label, hit.context) for hit in found.hits if hit.kind == "body"]


def _concepts(labels: Mapping[tuple[str, str], str], scheme: str) -> list[Choice]:
    found = [Choice(name, label) for (known, name), label in labels.items() if known == scheme]
    return found if scheme == "level" else sorted(found, key=lambda choice: choice.label)


def _short(iri: object) -> str:
    return str(iri).removeprefix(SCHEMES_NAMESPACE).rpartition("/")[2]

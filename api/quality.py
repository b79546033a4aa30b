"""
The data quality page: what the rules find in the current documents, each finding at its cell.

`rule` and `roadmap` in the address narrow the findings, `trend` asks how many there were in the data versions that are
still kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from api.knowledge import Knowledge
from api.language import alphabetical
from api.lists.facts import lists_of
from api.lists.paging import PageOfRows
from api.operation.computing import Computations, Results
from api.parameters import takes
from api.quality_rules import ANOMALIES, RULES, Rule, rule_of
from api.registers.entries import wrong_numbers
from api.representations import Sheet, data_addresses, page_routes
from api.site import held, site_of
from graph.errors import VersionGoneError
from graph.validation import Severity
from loaders.registries.editions import loaded_editions
from queries.binding import bind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from api.language import Language
    from api.site import Site

PAGE_ROWS: Final = 100
_VERSIONS: Final = 8
_KEPT: Final = 16
_GRAVITY: Final = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule finds; `cell` and `place` say where it stands, None for what concerns a whole document."""

    rule: Rule
    thing: str
    roadmap: str
    detail: str
    cell: str | None
    place: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with how many findings it has in how many documents, the one with most first."""

    rule: Rule
    sentence: str
    severity: str
    count: int
    roadmaps: tuple[tuple[str, str, int], ...]


class Findings:
    """The findings of data versions, which never change.  Safe in threads; who reads one waits for no other."""

    def __init__(self) -> None:
        self._found: Results[int, tuple[Finding, ...]] = Results(_KEPT)
        # Not those of the application: the home page waits for no network, and is charged to nobody.
        self._computations = Computations()

    def of(self, knowledge: Knowledge) -> tuple[Finding, ...]:
        """All findings of a version, the gravest rules first, then in the order of documents and cells."""
        return self._computations.get(self._found, knowledge.version, lambda: _read(knowledge), is_patient=True)


def quality_page(request: Request) -> Response:
    site = site_of(request)
    language, knowledge = site.pages.language(request), site.installation.newest()
    labels = lists_of(request).labels(knowledge, language.code)
    found = _narrowed(request, knowledge)
    name = request.query_params.get("rule")
    page = PageOfRows.of(request.query_params.get("page"), len(found), PAGE_ROWS)
    rule = rule_of(name) if name else None
    if rule is not None and name not in RULES and not any(finding.rule.id == name for finding in _all(request)):
        raise HTTPException(404)
    base = f"{knowledge.iris.base}id/roadmap/"
    whole = rule is None and not request.query_params.get("roadmap")
    registers = [one for one in loaded_editions(knowledge.snapshot) if one.current] if whole else []
    documents = sorted({finding.roadmap for finding in _all(request)}, key=lambda one: alphabetical(labels.get(one)))
    return site.pages.render(
        request,
        "quality.html",
        rule=rule,
        sentence=language.text(rule.sentence) if rule else "",
        severity=_severity(rule.severity, language) if rule else "",
        rows=rule_rows(found, labels, language, base) if rule is None else [],
        groups=_by_document(found[page.first : page.end], labels) if rule else [],
        registers=registers,
        wrong=wrong_numbers(knowledge) if registers else [],
        count=len(found),
        page=page.number,
        pages=page.pages,
        roadmap=request.query_params.get("roadmap", ""),
        documents=[(one.removeprefix(base), labels.get(one, one)) for one in documents],
        trend=_trend(request, site, language) if request.query_params.get("trend") else None,
        data=data_addresses(request, sparql=bind(knowledge.catalogue["quality-findings"])),
        version=knowledge.version,
    )


def quality_sheet(request: Request) -> Sheet:
    """The findings as a list for the author of a document: rule in words, place, text, where to look here."""
    site = site_of(request)
    language, knowledge = site.pages.language(request), site.installation.newest()
    labels = lists_of(request).labels(knowledge, language.code)
    rows = [
        [
            labels.get(finding.roadmap, finding.roadmap),
            finding.place,
            language.text(finding.rule.sentence),
            _severity(finding.rule.severity, language),
            labels.get(finding.thing, finding.thing),
            finding.detail,
            finding.rule.id,
            finding.thing,
            finding.cell,
        ]
        for finding in _narrowed(request, knowledge)
    ]
    columns = ("document", "place", "finding", "severity", "text", "detail", "rule", "entry", "cell")
    return Sheet(columns, rows, knowledge.version)


def rule_rows(found: Iterable[Finding], labels: Mapping[str, str], language: Language, base: str) -> list[RuleRow]:
    """The rules that find something, the gravest and most frequent first."""
    counts: dict[Rule, Counter[str]] = defaultdict(Counter)
    for finding in found:
        counts[finding.rule][finding.roadmap] += 1
    rows = [
        RuleRow(
            rule,
            language.text(rule.sentence),
            _severity(rule.severity, language),
            roadmaps.total(),
            tuple((one.removeprefix(base), labels.get(one, one), count) for one, count in roadmaps.most_common(4)),
        )
        for rule, roadmaps in counts.items()
    ]
    return sorted(rows, key=lambda row: (_GRAVITY[row.rule.severity], -row.count, row.sentence))


def findings_of(request: Request) -> Findings:
    """The findings that the application of this request keeps."""
    return held(request, "findings", Findings)


def _read(knowledge: Knowledge) -> tuple[Finding, ...]:
    found = [
        Finding(
            rule_of(str(row["rule"])),
            str(row["thing"]),
            str(row["roadmap"]),
            " ".join(str(row["detail"] or "").split()),
            str(row["cell"]) if row["cell"] else None,
            str(row["place"] or ""),
        )
        for row in knowledge.records("quality-findings", "ru")
    ]
    # An entry of several cells is one finding of its rule, told at its first cell.
    first: dict[tuple[str, str, str], Finding] = {}
    for finding in sorted(found, key=_order):
        first.setdefault((finding.rule.id, finding.thing, finding.detail), finding)
    return tuple(first.values())


def _order(finding: Finding) -> tuple[int, str, str, tuple[int, ...]]:
    numbers = "".join(sign if sign.isdigit() else " " for sign in (finding.cell or "").rsplit("/", 1)[-1])
    return (_GRAVITY[finding.rule.severity], finding.rule.id, finding.roadmap, tuple(map(int, numbers.split()))[-3:])


def _all(request: Request) -> tuple[Finding, ...]:
    return findings_of(request).of(site_of(request).installation.newest())


def _narrowed(request: Request, knowledge: Knowledge) -> Sequence[Finding]:
    rule = request.query_params.get("rule", "").removeprefix(ANOMALIES)
    slug = request.query_params.get("roadmap", "")
    roadmap = f"{knowledge.iris.base}id/roadmap/{slug}" if slug else ""
    return [
        finding
        for finding in findings_of(request).of(knowledge)
        if (not rule or finding.rule.id == rule) and (not roadmap or finding.roadmap == roadmap)
    ]


def _by_document(
    found: Sequence[Finding], labels: Mapping[str, str]
) -> list[tuple[str, str, list[tuple[Finding, str]]]]:
    groups: dict[str, list[tuple[Finding, str]]] = {}
    for finding in found:
        groups.setdefault(finding.roadmap, []).append((finding, labels.get(finding.thing, finding.thing)))
    return [(roadmap, labels.get(roadmap, roadmap), findings) for roadmap, findings in groups.items()]


def _trend(request: Request, site: Site, language: Language) -> list[tuple[int, list[tuple[str, int]], int]]:
    """For the data versions that are kept, oldest first: (version, findings of each severity, of all)."""
    versions = site.installation.versions
    newest = site.installation.newest()
    rows = []
    for number in [one for one in versions.existing() if one <= newest.version][-_VERSIONS:]:
        try:
            if number == newest.version:
                found = findings_of(request).of(newest)
            else:
                with versions.open(number) as snapshot:
                    found = findings_of(request).of(Knowledge(snapshot, newest.catalogue, newest.iris))
        except VersionGoneError:
            continue
        counts = Counter(finding.rule.severity for finding in found)
        severities = (Severity.WARNING, Severity.INFO)
        rows.append((number, [(_severity(one, language), counts[one]) for one in severities], len(found)))
    return rows


def _severity(severity: Severity, language: Language) -> str:
    return {
        Severity.VIOLATION: language.text("error"),
        Severity.WARNING: language.text("to be checked"),
        Severity.INFO: language.text("worth a look"),
    }[severity]


ROUTES = page_routes("/quality", quality_page, sheet=quality_sheet, taken=takes("rule", "roadmap", "page", "trend"))

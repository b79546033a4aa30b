"""The rules of the data quality page: what each says, how grave it is, and the SHACL shape that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graph.validation import Severity
from loaders.doubts import SENTENCES
from ontology.iris import HOME

ANOMALIES: Final = f"{HOME}scheme/anomaly/"
_GRAVE: Final = frozenset(
    {"misprint", "truncated", "misplaced-content", "empty-responsible", "empty-deadline", "duplicate-number"}
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`sentence` is a message id; `shape` the local name of the shape whose findings are the same, if there is one."""

    id: str
    severity: Severity
    sentence: str
    shape: str | None = None


_OWN: Final = (
    Rule("no-actor", Severity.WARNING, "No actor is named", "ActivityShape"),
    Rule("no-deadline", Severity.WARNING, "No deadline is stated", "ActivityShape"),
    Rule("deadline-without-dates", Severity.WARNING, "The deadline is incomplete: no date follows from it"),
    Rule("not-in-reference", Severity.WARNING, "The reference tables have no such actor", "ResolutionShape"),
    Rule("low-confidence", Severity.WARNING, "Low confidence: the actor should be reviewed", "ResolutionShape"),
    Rule("no-period", Severity.WARNING, "No period is stated: recurrences cannot be dated", "RoadmapShape"),
    Rule("no-territory", Severity.WARNING, "The territory is not known", "RoadmapShape"),
    Rule("no-level", Severity.WARNING, "The level of the roadmap is not known", "RoadmapShape"),
    Rule("target-outside-period", Severity.WARNING, "The year lies outside the period", "TargetPeriodShape"),
    Rule("no-result", Severity.INFO, "Neither a result nor an indicator is stated", "ActivityShape"),
    Rule("no-theme", Severity.INFO, "No theme was found", "ActivityShape"),
    Rule("indicator-without-target", Severity.INFO, "The indicator has no target value"),
    Rule("target-without-year", Severity.INFO, "The target value has no year"),
)
RULES: Final = {rule.id: rule for rule in _OWN}


def rule_of(name: str) -> Rule:
    """The rule that a finding names: one of ours, or an anomaly of the scheme by its IRI or id."""
    known = RULES.get(name)
    if known is not None:
        return known
    anomaly = name.removeprefix(ANOMALIES)
    severity = Severity.WARNING if anomaly in _GRAVE else Severity.INFO
    return Rule(anomaly, severity, SENTENCES.get(anomaly, anomaly))

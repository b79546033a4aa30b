"""One address for each kind of page on the five examples: for pictures, and for checks of accessibility."""

from __future__ import annotations

from typing import Final

# Named by what a person would call the page; names become file names.
PAGES: Final = {
    "home": "/",
    "question": "/questions/who-is-responsible?theme=mentoring",
    "question-due": "/questions/due-in-month?year=2021&month=5",
    "roadmap": "/id/roadmap/tomsk-obl-nastav?cell=t1_r3_c6",
    "roadmap-wide": "/id/roadmap/khorol-mo-nms",
    "body": "/id/body/tomsk-obl_toipkro",
    "activity": "/id/activity/tomsk-obl-nastav_1_3",
    "theme": "/scheme/theme/mentoring",
    "networks": "/networks",
    "sparql": "/sparql",
    "sparql-answer": "/sparql?query=SELECT%20%2A%20WHERE%20%7B%20%3Fs%20a%20%3Fo%20%7D%20LIMIT%2020",
    "help": "/help",
    "ontology": "/ns",
    "sign-in": "/sign-in",
    "missing": "/nothing-here",
}

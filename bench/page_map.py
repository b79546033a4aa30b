"""One address for each kind of page on the five examples: for pictures, and for checks of accessibility."""

from __future__ import annotations

from typing import Final

# Named by what a person would call the page; names become file names.
PAGES: Final = {
    "home": "/",
    "questions": "/questions",
    "question": "/questions/who-is-responsible?theme=mentoring",
    "question-chart": "/questions/rows-per-actor?view=chart",
    "question-due": "/questions/due-in-month?year=2021&month=5",
    "roadmaps": "/roadmaps",
    "bodies": "/bodies?level=region",
    "activities": "/activities?theme=mentoring",
    "indicators": "/indicators",
    "themes": "/themes",
    "territories": "/territories",
    "roadmap": "/roadmaps/tomsk-obl-nastav?cell=t1_r3_c6",
    "roadmap-wide": "/roadmaps/khorol-mo-nms",
    "body": "/bodies/tomsk-obl_toipkro",
    "activity": "/activities/tomsk-obl-nastav_1_3",
    "theme": "/themes/mentoring",
    "territory": "/territories/tomsk-obl",
    "thing": "/id/section/tomsk-obl-nastav_1",
    "networks": "/networks",
    "network-of-answer": "/networks?answer=who-is-responsible&theme=mentoring",
    "timeline": "/timeline?roadmap=tomsk-obl-nastav",
    "compare": "/compare",
    "compare-roadmaps": "/compare?roadmap=tomsk-obl-nastav&roadmap=khorol-mo-nms",
    "changes": "/changes",
    "quality": "/quality",
    "linking": "/linking",
    "import": "/import",
    "corrections": "/roadmaps/tomsk-obl-nastav/corrections",
    "search": "/search?q=наставничество",
    "sparql": "/sparql",
    "sparql-answer": "/sparql?query=SELECT%20%2A%20WHERE%20%7B%20%3Fs%20a%20%3Fo%20%7D%20LIMIT%2020",
    "sparql-chart": "/sparql?view=chart&x=levelLabel&query="
    "SELECT%20%3Fbody%20%3Flevel%20%7B%20%3Fbody%20a%20vekha%3ABody%20%3B%20vekha%3Alevel%20%3Flevel%20%7D",
    "help": "/help",
    "api": "/api",
    "ontology": "/ns",
    "sign-in": "/sign-in",
    "missing": "/nothing-here",
}

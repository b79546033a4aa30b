"""The addresses of all pages and resources, in the order in which they are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api import guide, home, quality, search
from api.access import signing_in
from api.comparison import page as comparison
from api.corrections import making
from api.corrections import pages as corrections
from api.editor import panel, stored_queries
from api.importing import loads, what_changed
from api.importing import pages as importing
from api.lists import perspectives
from api.networks import page as networks
from api.operation import administration, monitoring
from api.protocols import graph_store, service_description, sparql, update
from api.questions import gallery
from api.questions import page as questions
from api.reconciliation import version_0_2, version_1_0
from api.registers import automatic, linking, registries
from api.things import activities, actors, indicators, resources, roadmap_page, territories, themes
from api.timeline import page as timeline

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

ROUTES: Final[list[BaseRoute]] = [
    # Tried first: what programs ask a hundred times a second.
    *sparql.ROUTES,
    *home.ROUTES,
    *gallery.ROUTES,
    *guide.ROUTES,
    *perspectives.ROUTES,
    *quality.ROUTES,
    *search.ROUTES,
    *questions.ROUTES,
    *timeline.ROUTES,
    *comparison.ROUTES,
    *resources.ROUTES,
    *roadmap_page.ROUTES,
    *activities.ROUTES,
    *actors.ROUTES,
    *themes.ROUTES,
    *territories.ROUTES,
    *indicators.ROUTES,
    *stored_queries.ROUTES,
    *panel.ROUTES,
    *update.ROUTES,
    *graph_store.ROUTES,
    *service_description.ROUTES,
    *making.ROUTES,
    *corrections.ROUTES,
    *loads.ROUTES,
    *registries.ROUTES,
    *importing.ROUTES,
    *what_changed.ROUTES,
    *networks.ROUTES,
    *automatic.ROUTES,
    *linking.ROUTES,
    *version_0_2.ROUTES,
    *version_1_0.ROUTES,
    *signing_in.ROUTES,
    *monitoring.ROUTES,
    *administration.ROUTES,
]

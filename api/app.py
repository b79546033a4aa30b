"""The service: routes, errors in one form, and what lives as long as the process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from importlib.metadata import version as distribution_version
from importlib.resources import files
from typing import TYPE_CHECKING

from anyio import CapacityLimiter
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.access.budgets import BudgetError, Budgets
from api.access.sessions import session_cookie
from api.access.users import Users
from api.compression import Compression
from api.importing.imports import Imports
from api.importing.version_contents import VersionContents
from api.importing.what_changed import Differences
from api.installation import Installation
from api.lists.facts import ListedFactsCache
from api.negotiation import HTML, JSON, choose
from api.networks.page import Networks
from api.operation.administration import Tasks
from api.operation.computing import Computations
from api.operation.logs import RequestLog
from api.operation.metrics import Metrics
from api.operation.query_log import QueryLog
from api.operation.result_cache import ResultCache
from api.operation.running import RunningQueries
from api.problems import ProblemError, problem_response
from api.protocols.openapi import with_protocols
from api.quality import Findings
from api.questions.gallery import RowCounts
from api.questions.rest import question_router
from api.reconciliation.entities import ReconciledVersions
from api.registers.queue import Dependents, FoundCandidates
from api.routes import ROUTES
from api.search import search_router
from api.security import SecurityHeaders, headers_of
from api.site import Site, site_of
from api.things.originals import CheckedFiles
from api.things.versions import SourceTables
from api.timeline.schedules import Schedules
from api.warming import Warming
from graph.errors import DataFolderError, GraphError, NothingLoadedError, StoreBusyError, TermError
from graph.folder import DataFolder
from graph.remote.replica import ReplicaFollower

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from jinja2 import Environment, Template
    from starlette.requests import Request
    from starlette.responses import Response

    from api.access.sign_in_links import SignInLink
    from api.importing.loading import Loader
    from api.knowledge import Knowledge
    from api.settings import Settings

_YEAR = 365 * 24 * 3600
# Queries that run or wait; apart from the threads of pages, which so never wait for queries.
_QUERY_THREADS = 64
# Changes that wait for each other.
_WRITE_THREADS = 8


def create_app(
    settings: Settings, *, loader: Loader | None = None, token: str = "", sign_in_link: SignInLink | None = None
) -> FastAPI:
    """
    The application of one installation; it starts query processes when it starts, and reads the newest data version.

    With `loader` it also loads documents for who shows `token` (`api.importing.loads`); without, it writes nothing.
    `sign_in_link` signs one person of this machine in.
    """
    site = Site.of(Installation.of(settings))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.query_threads = CapacityLimiter(_QUERY_THREADS)
        app.state.write_threads = CapacityLimiter(_WRITE_THREADS)
        with ExitStack() as open_things:
            app.state.query_executor = open_things.enter_context(ThreadPoolExecutor(_QUERY_THREADS, "queries"))
            app.state.workers = open_things.enter_context(site.installation.start_workers())
            replica = site.installation.replica()
            if loader is not None and replica is not None:
                folder = loader.store.folder
                open_things.enter_context(ReplicaFollower(replica, site.installation.versions, folder))
            if app.state.imports is not None:
                await run_in_threadpool(app.state.imports.resume)
            try:
                with app.state.warming, site.installation.search:
                    yield
            finally:
                if app.state.imports is not None:
                    await run_in_threadpool(app.state.imports.close)
                app.state.administration.close()
                site.installation.versions.close()
                app.state.running.write_ended()
                query_log.close()

    app = FastAPI(
        title="Vekha",
        version=distribution_version("vekha"),
        description="Questions to roadmaps / Вопросы к дорожным картам",
        openapi_url="/api/openapi.json",
        # The usual viewers load their files from another host.
        docs_url=None,
        redoc_url=None,
        # Addresses hold texts of people, which the framework would tell; what we count and log is in `api.operation`.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        lifespan=lifespan,
    )
    app.state.metrics, app.state.cache = Metrics(), ResultCache(settings.cache_bytes)
    query_log = QueryLog(DataFolder(settings.data).access)
    app.state.budgets = Budgets(
        seconds=settings.budget_seconds,
        user_seconds=settings.user_budget_seconds,
        errors=settings.budget_errors,
        waiting=site.installation.limits.waiting,
    )
    app.state.running = RunningQueries(
        budgets=app.state.budgets,
        log=query_log,
        metrics=app.state.metrics,
        slow_seconds=settings.slow_seconds,
    )
    app.state.site = site
    app.state.networks, app.state.computations = Networks(), Computations()
    app.state.source_tables, app.state.checked_files = SourceTables(), CheckedFiles()
    app.state.reconciled, app.state.candidates = ReconciledVersions(), FoundCandidates()
    app.state.dependents = Dependents()
    app.state.lists, app.state.findings, app.state.row_counts = ListedFactsCache(), Findings(), RowCounts()
    app.state.schedules = Schedules(app.state.lists)
    app.state.warming = Warming(
        site.installation.newest,
        site.installation.versions.current,
        site.installation.versions.size,
        _kept_parts(app, settings),
    )
    app.state.loader, app.state.token = loader, token
    app.state.sign_in_link = sign_in_link
    app.state.differences, app.state.version_contents = Differences(), VersionContents()
    app.state.imports = Imports(loader) if loader is not None else None
    app.state.users = Users(DataFolder(settings.data).access)
    app.state.administration = Tasks(DataFolder(settings.data))
    app.add_middleware(Compression, minimum_size=200, compresslevel=5)
    app.add_middleware(SessionMiddleware, **session_cookie(settings, app.state.users))
    app.add_middleware(SecurityHeaders, https=settings.https)
    app.add_middleware(RequestLog, metrics=app.state.metrics, running=app.state.running)
    # Outermost, so that all see the client's own address.
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    app.router.routes += ROUTES
    app.include_router(question_router(site.installation.catalogue, settings.languages[0]))
    app.include_router(search_router())
    app.router.routes += [
        Mount(site.pages.static, _CachedFiles(directory=str(files("api") / "static"))),
    ]
    with_protocols(app)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(BudgetError, _over_budget)
    app.add_exception_handler(GraphError, _graph_error)
    app.add_exception_handler(Exception, _unexpected)
    return app


def _kept_parts(app: FastAPI, settings: Settings) -> list[Callable[[Knowledge], object]]:
    """The templates, and what the pages keep of a data version, in the order in which people come to it."""
    environment = app.state.site.pages.environment
    templates: list[Callable[[Knowledge], object]] = [
        partial(_template, environment, name) for name in environment.list_templates(["html"])
    ]
    if settings.dataset == "plain":
        return templates
    lists, computations, language = app.state.lists, app.state.computations, settings.languages[0]
    return [
        *templates,
        lambda knowledge: lists.facts(knowledge).units,
        *(partial(lists.labels, language=code) for code in settings.languages),
        app.state.findings.of,
        partial(app.state.schedules.read_ahead, computations, language),
        partial(app.state.networks.read_ahead, computations),
        app.state.dependents.of,
        app.state.reconciled.read_ahead,
    ]


def _template(environment: Environment, name: str, _knowledge: Knowledge) -> Template:
    """The template, compiled; the environment keeps it."""
    return environment.get_template(name)


class _CachedFiles(StaticFiles):
    """Files under an address that changes with their content."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
        return response


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and choose(request.headers.get("accept"), (JSON, HTML)) is HTML


def _page(request: Request, problem: ProblemError, title: str) -> Response:
    page = site_of(request).pages.render(
        request, "problem.html", status=problem.status, title=title, detail=problem.detail
    )
    page.headers.update(problem.headers)
    return page


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    if not _wants_page(request):
        return problem_response(error)
    _ = site_of(request).pages.language(request).text
    return _page(request, error, _("This request cannot be answered"))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    language = site_of(request).pages.language(request)
    if error.status_code == 404:
        title, words = (
            language.text("There is no such page"),
            language.text("The address is wrong, or what it named is no longer in the data."),
        )
    elif error.status_code == 405:
        title = language.text("This request cannot be answered")
        allowed = (error.headers or {}).get("Allow", "GET")
        words = language.text("{method} is not possible here, but {allowed}", method=request.method, allowed=allowed)
    else:
        title, words = language.text("This request cannot be answered"), ""
    problem = ProblemError(error.status_code, words or str(error.detail), headers=dict(error.headers or {}))
    if not _wants_page(request):
        return problem_response(problem)
    return _page(request, problem, title)


async def _over_budget(request: Request, error: Exception) -> Response:
    assert isinstance(error, BudgetError)
    language = site_of(request).pages.language(request)
    words = language.text(error.template, **error.values)
    problem = ProblemError(429, words, headers={"Retry-After": str(error.wait)})
    if not _wants_page(request):
        return problem_response(problem)
    return _page(request, problem, language.text("Too many queries"))


async def _graph_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, GraphError)
    language = site_of(request).pages.language(request)
    status = 404 if isinstance(error, TermError) else 503
    words = language.text(error.template, **error.values)
    if isinstance(error, DataFolderError | NothingLoadedError):
        # The folder's path is the operator's business, not the reader's.
        words = language.text("Nothing is loaded yet.")
    headers = {"Retry-After": "5"} if isinstance(error, StoreBusyError) else {}
    problem = ProblemError(status, words, headers=headers)
    if not _wants_page(request):
        return problem_response(problem)
    return _page(request, problem, language.text("The service has no data to answer from"))


async def _unexpected(request: Request, _error: Exception) -> Response:
    """The server writes the traceback to its log; the reader gets words."""
    _ = site_of(request).pages.language(request).text
    problem = ProblemError(500, _("The error is ours and was written to the server's log. Please try again."))
    response = _page(request, problem, _("Something broke")) if _wants_page(request) else problem_response(problem)
    # This answer is made outside of the middleware.
    response.headers.update(headers_of(https=site_of(request).installation.settings.https))
    return response

"""
A SPARQL update, carried out operation by operation, so that what it changes is known without reading the graphs.

Each operation sees what those before it did (SPARQL 1.1 Update, 3).  Those with templates, and ADD, tell the statements
that they change (`graph.modifications`), LOAD what it read.  The engine carries out the others (CLEAR, DROP, MOVE,
COPY, CREATE), and what puts too many statements in question; then the graphs that they write to are compared.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from pyoxigraph import Store

from graph.errors import DiskFullError, UpdateError, UpdateEvaluationError
from graph.modifications import modified
from graph.syntax_errors import syntax_error
from graph.update_changes import Changes, too_much
from graph.update_operations import read_operations

if TYPE_CHECKING:
    from graph.update_operations import Operations, Step


def carry_out(store: Store, text: str, prefixes: dict[str, str], *, most: int) -> Changes:
    """
    What the update changes in `store`, changed by it; where it fails the store may be half changed.

    Of an operation that puts more than `most` statements in question it is unknown what it changes.

    Raises:
        QuerySyntaxError: The text is no update.
        UpdateEvaluationError: An operation fails.
        UpdateRefusedError: One reads several graphs together, and they are too large, or it changes too much.
    """
    operations = read_operations(text, prefixes)
    _check_syntax(text, operations, prefixes)
    changes = Changes()
    for step in operations.steps:
        try:
            if step.is_load:
                _load(store, step, prefixes, changes, most=most)
                continue
            found = None if step.modification is None else modified(store, step, prefixes, most)
            if found is not None:
                changes.make(store, *found)
                continue
            if step.modification is not None and len(step.modification.used) > 1:
                # The engine alone does not take a triple of several graphs as one (pyoxigraph 0.5.13).
                raise too_much(most)
            store.update(step.text, prefixes=prefixes)
            changes.compare(step.targets)
        except (SyntaxError, RuntimeError, ValueError, OSError) as error:
            raise failure(error) from None
    return changes


def failure(error: Exception) -> UpdateError:
    """Said of an update that can be read, but not be carried out."""
    return no_room(error) or UpdateEvaluationError("The update could not be carried out: {reason}", reason=error)


def no_room(error: Exception) -> DiskFullError | None:
    """What to say of an error of the system or the engine, if there is no room on the disk; else None."""
    if not isinstance(error, OSError):
        return None
    # The engine's errors have no number.
    if error.errno in {errno.ENOSPC, errno.EDQUOT} or os.strerror(errno.ENOSPC) in str(error):
        return DiskFullError("The disk is full; nothing was changed. Whoever runs the server has to make room")
    return None


def _load(store: Store, step: Step, prefixes: dict[str, str], changes: Changes, *, most: int) -> None:
    loaded = Store()
    loaded.update(step.text, prefixes=prefixes)
    for name in loaded.named_graphs():
        store.add_graph(name)
    if len(loaded) <= most:
        changes.make(store, (), {quad for quad in loaded if quad not in store})
    else:
        store.bulk_extend(loaded)
        changes.compare(step.targets)


def _check_syntax(text: str, operations: Operations, prefixes: dict[str, str]) -> None:
    """
    Nothing, if the engine can read all operations; none is evaluated.

    It does not read declarations between operations (pyoxigraph 0.5.13), so then it is given one at a time.

    Raises:
        QuerySyntaxError: What it cannot read, with its place in the text.
    """
    steps = operations.steps
    is_apart = bool(steps) and steps[-1].declared > steps[0].declared
    first = steps[0].start if steps else len(text)
    parts = [(step.prologue, step.operation) for step in steps] if is_apart else [(text[:first], text[first:])]
    for number, (prologue, rest) in enumerate(parts):
        try:
            # An operation that fails before any other is evaluated.
            Store().update(f"{prologue}\nDROP GRAPH <urn:x-nothing:>{rest and ' ; '}{rest}", prefixes=prefixes)
        except SyntaxError as error:
            whole = steps[number].in_place(text) if is_apart else text
            raise syntax_error(whole, error, prefixes=prefixes, update=True) from None
        except RuntimeError:
            continue

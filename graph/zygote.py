"""
The process from which query workers are forked: `python -m graph.zygote`, started by `graph.forked_workers` on Linux.

A fork takes some milliseconds, where a fresh interpreter takes 150, and shares what stands in memory here: the modules
and, where it is wanted, the newest version of the data (`graph.replica`), which is thereby filled once.  A worker
follows newer versions by itself; where it cannot, another is forked in its place.

What makes forking safe: this process has one thread and never opens a store on disk (the engine would start threads);
it has no network where the system allows that, which its children inherit; glibc is its allocator, which one thread
cannot leave locked.  A page is copied when a worker writes to it, and the engine counts references in its data, so a
worker holds a copy of everything before long; the bound of memory (`graph.workers`) reckons with that.

Messages are JSON packets on the socket that is inherited as file descriptor `argv[1]`; pipes and process descriptors
travel beside them.  A packet `{"fork": n, ...}` with two pipes is answered by `{"forked": n, "pid": ...}` with the
descriptor of the process, later by `{"ended": pid, "status": ...}`.  `{"version": n, "size": bytes}` tells what stands
in memory, `{"replica": reason}` that nothing does.  After `{"retired": reason}` no more is forked, and the process ends
with the last of its children.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graph.errors import GraphError
from graph.evaluator import Work, serve
from graph.folder import DataFolder
from graph.replica import Replica, ReplicaError
from graph.worker_limits import die_with, leave_network

if TYPE_CHECKING:
    from collections.abc import Iterator

_MESSAGE: Final = 64 * 1024
# How often a newer version is looked for, in milliseconds.
_LOOK_EVERY: Final = 50


def main() -> None:
    """Fork workers until the socket closes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    settings = json.loads(control.recv(_MESSAGE))
    die_with(settings["parent"])
    network = leave_network()
    control.send(json.dumps({"network": network}).encode())
    # A collection would touch, and so copy, the pages of all objects in every child.
    gc.disable()
    gc.freeze()
    _Zygote(control, settings).run()


class _Zygote:
    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self._control = control
        self._folder = DataFolder(Path(settings["folder"]))
        self._children: dict[int, int] = {}
        self._polled = select.poll()
        self._polled.register(control, select.POLLIN)
        self._is_retired = False
        self._replica: Replica | None = None
        self._filling: Iterator[bool] = iter(())
        if settings["replica"]:
            self._replica = Replica(self._folder, most=settings["most"])
            self._filling = self._replica.fill()

    def run(self) -> None:
        """Until the other side is gone, or nothing is left to do."""
        is_filling = self._replica is not None
        while not self._is_retired or self._children:
            for descriptor, _ in self._polled.poll(0 if is_filling else _LOOK_EVERY):
                if descriptor == self._control.fileno():
                    self._read_message()
                else:
                    self._reap(descriptor)
            if self._replica is not None:
                is_filling = self._keep_up(self._replica)

    def _keep_up(self, replica: Replica) -> bool:
        """Whether there is more to do at once, after one step of filling the replica, or of following the writer."""
        try:
            if replica.snapshot is None:
                has_worked = next(self._filling, False)
                if replica.snapshot is None:
                    return has_worked
            elif not replica.follow():
                return False
        except (ReplicaError, GraphError, OSError) as error:
            was_filled = replica.snapshot is not None
            self._replica, self._filling = None, iter(())
            if was_filled:
                self._retire(str(error))
            else:
                self._tell({"replica": str(error)})
            return False
        gc.freeze()
        self._tell({"version": replica.snapshot.version, "size": replica.size})
        return False

    def _retire(self, reason: str) -> None:
        self._is_retired = True
        self._tell({"retired": reason})

    def _read_message(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._control, _MESSAGE, 2)
        if not message:  # The parent is gone.
            os._exit(0)
        request = json.loads(message)
        if self._is_retired:
            for descriptor in descriptors:
                os.close(descriptor)
            self._tell({"refused": request["fork"]})
            return
        self._fork(request, *descriptors)

    def _fork(self, request: dict[str, Any], source: int, target: int) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_worker(request, source, target, parent)
        os.close(source)
        os.close(target)
        process = os.pidfd_open(pid)
        self._children[process] = pid
        self._polled.register(process, select.POLLIN)
        version = None if self._replica is None else self._replica.version
        self._tell({"forked": request["fork"], "pid": pid, "version": version}, [process])

    def _become_worker(self, request: dict[str, Any], source: int, target: int, parent: int) -> None:
        """The rest of the life of a child."""
        try:
            die_with(parent)
            gc.enable()
            self._control.close()
            for descriptor in self._children:
                os.close(descriptor)
            if request["nice"]:
                os.nice(request["nice"])
            replica = self._replica
            if replica is not None and replica.snapshot is None:  # Half a version is of no use.
                replica = self._replica = None
            work = Work(self._folder.path, request["memory"], request["keep"], replica=replica)
            with os.fdopen(source, "rb") as requests, os.fdopen(target, "wb") as results:
                serve(requests, results, work)
        finally:
            os._exit(1)

    def _reap(self, descriptor: int) -> None:
        self._polled.unregister(descriptor)
        os.close(descriptor)
        pid = self._children.pop(descriptor)
        _, status = os.waitpid(pid, 0)
        self._tell({"ended": pid, "status": os.waitstatus_to_exitcode(status)})

    def _tell(self, message: dict[str, Any], descriptors: list[int] | None = None) -> None:
        # A parent that is gone, or does not read for a minute, needs nothing any more.
        try:
            socket.send_fds(self._control, [json.dumps(message).encode()], descriptors or [])
        except OSError:
            os._exit(0)


def forget_signals() -> None:
    """Signals of the terminal are for the server, which then ends this process."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    forget_signals()
    main()

"""
Writers for which the disk is full, in a real process: the system refuses what makes a file longer than a limit.

The engine takes note of a write that failed and refuses all that follow, until it is opened anew.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from graph.folder import DataFolder
from graph.snapshots import Versions
from graph.store import Store
from tests.graph.quads import assert_default_graph_is_the_merge, current_graphs, graph, involves

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import resource, signal, sys
from pathlib import Path
from graph.store import Store
from tests.graph.quads import document, involves
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
with Store.open(Path(sys.argv[1]), rules=[involves], keep=2) as store:
    store.commit_document(document("tomsk", "v1", activities=20))
    for longest in map(int, sys.argv[2:]):
        resource.setrlimit(resource.RLIMIT_FSIZE, (longest, most))
        for _ in range(2):
            try:
                store.commit_document(document("tomsk", f"v{longest}", activities=3000))
            except OSError:
                print("refused", flush=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        store.commit_document(document("tambov", f"v{longest}", activities=20))
        print("written", store.version, flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of files works like this on Linux")
@pytest.mark.parametrize("longest", [0, 2_000, 30_000, 100_000])
def test_what_was_refused_for_want_of_space_is_written_when_there_is_some(
    tmp_path: Path, pytestconfig: pytest.Config, longest: int
) -> None:
    folder = tmp_path / "data"
    command = [sys.executable, "-c", WRITER, str(folder), str(longest), str(longest + 1)]
    ended = subprocess.run(command, cwd=pytestconfig.rootpath, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.split("\n")
    assert lines[:2] == ["refused", "refused"]
    assert [line.partition(" ")[0] for line in lines if line] == ["refused", "refused", "written"] * 2
    with Versions(DataFolder(folder)).open() as snapshot:
        assert graph(f"tambov_v{longest + 1}") in current_graphs(snapshot)
        assert_default_graph_is_the_merge(snapshot)
    with Store.open(folder, rules=[involves]) as store:
        assert f"written {store.version}" == lines[-2]

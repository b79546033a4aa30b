"""
Every bench in one run: `make bench`, or `python -m bench NAME…` for some of them.

Each is a process of its own, so that the memory and the caches of one do not count for the next.  One that lacks its
papers (`bench.papers`) says «skipped: …» and is no failure.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def benches() -> list[str]:
    """The names of the benches: every module of this folder that can be run, in their order."""
    paths = sorted(path for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("__"))
    return [path.stem for path in paths if '\nif __name__ == "__main__":' in path.read_text("utf-8")]


def main() -> int:
    known = benches()
    asked = sys.argv[1:] or known
    unknown = [name for name in asked if name not in known]
    if unknown:
        print(f"no bench {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    failed = []
    for name in asked:
        print(f"\n=== {name}\n", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())

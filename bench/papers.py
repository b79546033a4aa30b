"""Papers that lie beside the checkout, in `../shared`: registers, gold, test suites.  Benches without theirs end."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SHARED: Final = Path(__file__).resolve().parent.parent.parent / "shared"


def are_missing(*papers: Path) -> bool:
    """Whether one of these is not there; if so that is printed, for the bench to be skipped."""
    missing = [str(path) for path in papers if not path.exists()]
    if missing:
        print(f"skipped: there is no {', no '.join(missing)}")
    return bool(missing)

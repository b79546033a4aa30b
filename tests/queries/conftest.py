from __future__ import annotations

import pytest

from queries.catalogue import Catalogue
from tests.queries.seeds import BASE


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.read(BASE)

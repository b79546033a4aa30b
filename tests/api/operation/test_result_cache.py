from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from api.access.identity import Identity
from api.access.users import Role
from api.operation.result_cache import CachedAnswer, CacheKey, ResultCache

IDENTITIES = [
    Identity(None, Role.ANONYMOUS, client="address:192.0.2.1"),
    Identity("anna", Role.ANALYST),
    Identity("boris", Role.EDITOR, ("urn:x:a",)),
    Identity("vera", Role.EDITOR, ("urn:x:a", "urn:x:b")),
    Identity("grigori", Role.EDITOR),
    Identity("root", Role.ADMIN),
]
KEYS = st.builds(
    CacheKey,
    version=st.integers(1, 3),
    rights=st.sampled_from(IDENTITIES).map(lambda identity: identity.rights),
    text=st.sampled_from(["ASK {}", "ASK { }", "ask {}"]),
    format=st.sampled_from(["json", "csv"]),
    language=st.sampled_from(["ru", "en"]),
    inputs=st.sampled_from([(), (("theme", "mentoring"),), (("theme", "monitoring"),)]),
)
LIMIT = 64 * 1024


class CacheOfManyPeople(RuleBasedStateMachine):
    """Whatever is put and asked in whatever order: an answer comes back only for the request that it was made for."""

    def __init__(self) -> None:
        super().__init__()
        self.cache = ResultCache(LIMIT)

    @rule(key=KEYS, size=st.integers(0, 20_000))
    def put(self, key: CacheKey, size: int) -> None:
        self.cache.put(key, CachedAnswer(repr(key).encode() + b" " * size, {"Vekha-Version": str(key.version)}))

    @rule(key=KEYS)
    def ask(self, key: CacheKey) -> None:
        found = self.cache.get(key)
        if found is not None:
            assert found.content.rstrip() == repr(key).encode()
            assert found.headers["Vekha-Version"] == str(key.version)

    @rule()
    def clear(self) -> None:
        self.cache.clear()
        assert self.cache.size == 0

    @invariant()
    def bounded(self) -> None:
        assert self.cache.size <= LIMIT


TestCacheOfManyPeople = CacheOfManyPeople.TestCase


@given(st.lists(st.sampled_from(IDENTITIES), min_size=2, max_size=2, unique=True))
def test_people_with_other_rights_never_share_an_answer(people: Sequence[Identity]) -> None:
    cache = ResultCache(LIMIT)
    first, second = (CacheKey(1, identity.rights, "ASK {}", "json") for identity in people)
    cache.put(first, CachedAnswer(b"of the first"))
    assert cache.get(first) is not None
    assert cache.get(second) is None


def test_what_is_too_large_is_not_kept_and_empties_nothing() -> None:
    cache = ResultCache(LIMIT)
    key = CacheKey(1, (), "ASK {}", "json")
    cache.put(key, CachedAnswer(b"small"))
    cache.put(CacheKey(1, (), "big", "json"), CachedAnswer(b"x" * (cache.largest + 1)))
    assert cache.get(key) is not None
    cache.put(CacheKey(1, (), "big", "json"), CachedAnswer(b"x" * (cache.largest - 100)))
    assert cache.get(CacheKey(1, (), "big", "json")) is not None
    assert (cache.hits, cache.misses) == (2, 0)


def test_a_cache_of_no_bytes_keeps_nothing() -> None:
    cache = ResultCache(0)
    key = CacheKey(1, (), "ASK {}", "json")
    cache.put(key, CachedAnswer(b""))
    assert cache.get(key) is None

"""A chat for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.store import Store
from tests.desk.asked import Asked


@pytest.fixture
async def asked(tmp_path: Path) -> AsyncIterator[Asked]:
    store = await Store.open(tmp_path / "placewatch.db", write=True)
    yield Asked(store)
    await store.close()

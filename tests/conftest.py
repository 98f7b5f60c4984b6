"""Shared fixtures: the real data folder where it exists, and a fixed seed."""

from pathlib import Path

import numpy as np
import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data():
    """The folder of real files; without it the test is skipped, loudly."""
    if not (SHARED / "raw").is_dir():
        pytest.skip("NOT TESTED on real files: ../shared/data is not there")
    return SHARED


@pytest.fixture
def rng():
    """A seeded random generator."""
    return np.random.default_rng(20021126)

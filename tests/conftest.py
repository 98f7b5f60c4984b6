"""Shared fixtures: the real data folder where it exists, a small synthetic sample and its register, and a fixed seed."""

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


@pytest.fixture(scope="session")
def small_sample(tmp_path_factory):
    """A data folder of the synthetic sample at a twentieth of its size; tests read it and change nothing."""
    from bsi.register.sample import write_sample

    folder = tmp_path_factory.mktemp("small") / "data"
    write_sample(folder, scale=0.05)
    return folder


@pytest.fixture(scope="session")
def small_out(small_sample, tmp_path_factory):
    """The folder of the register built from the small sample; tests read it and change nothing."""
    from bsi import pipeline

    out = tmp_path_factory.mktemp("small") / "derived"
    pipeline.build(small_sample, out, say=lambda line: None)
    return out


@pytest.fixture(scope="session")
def small_register(small_out):
    """The register built from the small sample, opened."""
    import bsi

    return bsi.open(small_out)

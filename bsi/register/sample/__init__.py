"""The synthetic sample: a data folder in the real layouts of the sources, with their kinds of mess and a truth table."""

from bsi.register.sample.truth import true_pairs
from bsi.register.sample.write import SEED, write_sample

__all__ = ["SEED", "true_pairs", "write_sample"]

"""Publish floor: things to look at, from tables."""

"""Analysis floor: tables from tables."""

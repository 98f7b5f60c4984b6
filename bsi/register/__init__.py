"""Register floor: tables from files."""

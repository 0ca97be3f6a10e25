"""What all others need: paths, settings, locks, errors, text, and the DuckDB file."""

"""The tables that analysts edit: which files count, and the checks before any model runs."""

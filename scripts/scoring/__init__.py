"""Scores: built by dbt, here or on Spark, published, explained, and tried with other points."""

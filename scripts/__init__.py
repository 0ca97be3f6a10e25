"""Command line around the dbt project: sample data, landing, publishing and KPIs."""

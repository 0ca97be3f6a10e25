"""Brings the tables of CRM, web and ad systems to the landing, by the SQL of `connectors/`."""

"""Files into the raw tables: the input contract, what is set aside, and made-up sample data."""

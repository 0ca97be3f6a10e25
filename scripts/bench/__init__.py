"""What the warehouse costs, beside plain SQL and what a user would write by hand."""

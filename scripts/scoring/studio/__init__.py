"""A page on which points are edited, and which shows at once what an edit does."""

"""What is checked of the seeds before a model runs.

`files` reads a CSV file, `cells` checks each cell against its column in `models/seeds/`, and
`models`, `rules`, `mapping` and `sales` check what rows and tables must be together.
"""

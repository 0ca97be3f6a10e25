"""How what spreadsheets write becomes a seed as the project writes it.

`text` decodes a file and `workbook` reads an XLSX one; `grid` puts their rows under the header of
the seed, `cells` makes of each cell what its column takes. All of it is noted in `notes`.
"""

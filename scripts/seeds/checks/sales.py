        else:
            yield from _bands(row, score_bands)

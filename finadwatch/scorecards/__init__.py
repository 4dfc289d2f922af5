"""How well the judge and the rules do on labelled texts: rows, split, counts, intervals, table, page."""

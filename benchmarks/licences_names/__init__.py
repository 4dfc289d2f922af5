"""How well names are matched: invented firms, their names as people write them, strangers and impostors.

Nothing here reads the matcher's rules or tables: what it is measured with must not come from it.
"""

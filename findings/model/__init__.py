"""The words of the project as types. Every other room imports this one; it imports none.

`vocabulary` holds the closed lists, `judgement` what the judge says, `crawl` what a
spider brings, `records` what a store keeps, `ids` how each of them is named, `codes` how the
state names firms and sites.
"""

"""The evidence of one case as a folder that can be checked without this software."""

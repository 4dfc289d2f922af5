"""The default HanLP component: LAC's network inside a subclass of HanLP's own RNN tagger.

`hanlp.load(folder)` imports `models.hanlp_lac.tagger.LacTagger` by the class path that the
built folder's config.json names. Importing this package loads neither torch nor HanLP.
"""

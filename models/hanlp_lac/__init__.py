"""The default HanLP component: LAC's network, run by onnxruntime behind HanLP's own interface.

`hanlp.load(folder)` imports `models.hanlp_lac.tagger.LacTagger` by the class path that the
built folder's config.json names. Neither this package nor the component it loads needs torch.
"""

"""The domain of FinAdWatch: model, stores behind one protocol, search, cases."""

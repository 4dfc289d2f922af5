"""What a case is: its facts, which ad belongs to which, what reopens it. Pure functions; stores call them."""

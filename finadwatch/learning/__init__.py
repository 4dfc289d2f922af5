"""Reviewers' verdicts turned into samples, and heads retrained on them."""

"""What addressees send back: the form they fill, and the reading of what they really send."""

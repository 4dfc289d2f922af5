"""Where a site is hosted and who registered its name, as far as a configured provider knows."""

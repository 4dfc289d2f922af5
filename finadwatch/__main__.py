"""`python -m finadwatch` is `finadwatch`."""

from finadwatch.starting import quits_at_once

with quits_at_once():
    from finadwatch.cli import main

if __name__ == "__main__":
    main()

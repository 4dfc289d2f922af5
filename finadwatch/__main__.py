"""`python -m finadwatch` is `finadwatch`."""

from finadwatch.cli import main

if __name__ == "__main__":
    main()

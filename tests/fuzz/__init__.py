"""Files nobody would write, given to everything that reads files: see `python -m tests.fuzz --help`."""

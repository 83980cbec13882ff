"""`python -m wardwatch` is the command `wardwatch`."""

from wardwatch.cli.main import main

main()

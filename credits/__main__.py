"""`python -m credits …`."""

from credits.cli import main

main()

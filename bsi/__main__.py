"""`python -m bsi` is the command `bsi`."""

from bsi.cli import main

main()

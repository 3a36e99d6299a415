"""`python -m flowrt` is the command `flowrt`."""

from flowrt.cli import main

main()

"""`python -m docrel`: the command line."""

from docrel.cli import main

main()

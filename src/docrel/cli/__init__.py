"""The command line: `docrel`.

One module for each kind of command; each imports what it needs when it runs.
"""

from __future__ import annotations

import click

from docrel.cli.root import Root

HOMES = {
    "list": "mappings",
    "check": "mappings",
    "explain": "mappings",
    "ddl": "mappings",
    "infer": "inferring",
    "docs": "pages",
    "schema": "pages",
    "completion": "completing",
    "import": "importing",
    "tables": "querying",
    "query": "querying",
    "get": "by_key",
    "export": "exporting",
    "delete": "by_key",
    "prune": "pruning",
    "confirm-key": "upkeep",
    "validate": "upkeep",
    "verify": "verifying",
    "diff": "diffing",
    "migrate": "migrating",
    "promote": "promoting",
    "transition": "transitions",
    "missions": "missions",
    "backup": "upkeep",
    "archive": "upkeep",
    "restore": "upkeep",
    "maintain": "upkeep",
    "doctor": "upkeep",
}
"""The module of each command, in the order of `docrel --help`."""


@click.group(
    "docrel", cls=Root, homes=HOMES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(None, "-V", "--version", package_name="docrel", prog_name="docrel")
def main() -> None:
    """JSON documents as relational tables and back, exactly, from one YAML file.

    A MAPPING is the path of such a file, or the name of one that comes with docrel: `osv` for its newest
    version, `osv@1` for one.

    Examples:
      $ docrel import orders/ --db new.db
      $ docrel query new.db 'SELECT * FROM lines'
      $ docrel export --db new.db --all --output again/
    """

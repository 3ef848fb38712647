"""Templates: where the layout of generated text is kept.

In: a template's name, as `sqlite/table.sql.j2`, and its inputs. Out: text. Jinja2 is imported at the first use, never
at import.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from docrel.files import shipped_folders

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **inputs: Any) -> str:
    """Return the text of the template with its inputs; an input that is missing is an error.

    Raises:
        jinja2.TemplateError: There is no such template, or it names an input that was not given.
    """
    return _environment().get_template(template).render(inputs)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader([str(folder) for folder in shipped_folders("templates")]),
        undefined=StrictUndefined,
        autoescape=False,  # what is made is SQL and Markdown, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
    )

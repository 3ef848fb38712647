"""Pages: what a mapping is, to be read: data dictionary, diagram, DDL.

In: a plan. Out: Markdown.
"""

from __future__ import annotations

from docrel.pages.mapping_pages import explain, pages

__all__ = ["explain", "pages"]

"""Authoring: help for whoever writes a mapping: infer a first one, verify it, promote what lives in the rest.

In: documents, or a database. Out: a mapping's text, a report, an edit.

In reading order:

- `inference`: the passes of `infer`, by the numbers of `infer_limits`. `infer_observer` sees documents and makes
  `infer_shapes`; `infer_maps` and `infer_folds` unite them; `infer_tables` drafts tables of them with `infer_kinds`,
  `infer_orders`, `infer_records`, `infer_columns`, `infer_keys`, `infer_named_keys` and `infer_names` (of
  `infer_words`); `infer_roots` tells kinds of documents apart; `infer_text` writes the mapping.
- `verification` takes documents there and back; `coverage` counts where their values live.
- `survey_of_rest` finds what `promoting` gives a column of its own.
"""

from __future__ import annotations

from docrel.authoring.coverage import Coverage, Share
from docrel.authoring.inference import infer
from docrel.authoring.promoting import Promotion, edited, promotion
from docrel.authoring.survey_of_rest import RestPath, asides_of, survey
from docrel.authoring.verification import Report, Verdict, verify

__all__ = [
    "Coverage",
    "Promotion",
    "Report",
    "RestPath",
    "Share",
    "Verdict",
    "asides_of",
    "edited",
    "infer",
    "promotion",
    "survey",
    "verify",
]

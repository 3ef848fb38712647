"""Authoring: help for whoever writes a mapping: infer a first one, verify it, promote what lives in the rest.

In: documents, or a database. Out: a mapping's text, a report, an edit.

In reading order:

- `inference`: the passes of `infer`, by the numbers of `infer_limits`. `infer_observer` sees documents and makes
  `infer_shapes`; `infer_maps` and `infer_folds` unite them; `infer_tables` drafts tables of them with `infer_kinds`,
  `infer_orders`, `infer_records`, `infer_columns`, `infer_keys`, `infer_named_keys` and `infer_names` (of
  `infer_words`); `infer_roots` tells kinds of documents apart; `infer_text` writes the mapping.
- `first_mapping` infers one of documents as they are read.
- `inferred_mapping` is what Python programs call.
- `verification` takes documents there and back; `coverage` counts where their values live.
- `survey_of_rest` finds what `promoting` gives a column of its own, by `promoted_paths`; `new_columns` does so for an
  import's new members.
- `widening` makes room for what is set aside; `yaml_edits` change a mapping's text.
"""

from __future__ import annotations

from docrel.authoring.coverage import Coverage, Share
from docrel.authoring.first_mapping import NO_MAPPING, FirstMapping, first_mapping
from docrel.authoring.inference import infer
from docrel.authoring.inferred_mapping import infer_mapping
from docrel.authoring.new_columns import LeftMember, NewColumn, NewColumns, new_columns
from docrel.authoring.promoted_paths import path_of, place_of
from docrel.authoring.promoting import Promotion, edited, promotion, promotions
from docrel.authoring.survey_of_rest import RestPath, asides_of, survey
from docrel.authoring.verification import Report, Verdict, verify
from docrel.authoring.widening import Edit, Widening, widened

__all__ = [
    "NO_MAPPING",
    "Coverage",
    "Edit",
    "FirstMapping",
    "LeftMember",
    "NewColumn",
    "NewColumns",
    "Promotion",
    "Report",
    "RestPath",
    "Share",
    "Verdict",
    "Widening",
    "asides_of",
    "edited",
    "first_mapping",
    "infer",
    "infer_mapping",
    "new_columns",
    "path_of",
    "place_of",
    "promotion",
    "promotions",
    "survey",
    "verify",
    "widened",
]

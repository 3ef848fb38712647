"""Authoring: help for whoever writes a mapping: infer a first one, verify it, promote what lives in the rest.

In: documents, or a database. Out: a mapping's text, a report, an edit.
"""

from __future__ import annotations

from docrel.authoring.coverage import Coverage, Share
from docrel.authoring.inference import infer
from docrel.authoring.promoting import Promotion, edited, promotion
from docrel.authoring.survey_of_rest import RestPath, survey
from docrel.authoring.verification import Report, Verdict, verify

__all__ = [
    "Coverage",
    "Promotion",
    "Report",
    "RestPath",
    "Share",
    "Verdict",
    "edited",
    "infer",
    "promotion",
    "survey",
    "verify",
]

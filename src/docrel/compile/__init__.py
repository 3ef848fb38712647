"""Compile: a spec becomes a plan, or a list of what is wrong with it.

In: a `Spec`. Out: a `Plan` whose every selector is resolved and unambiguous.
"""

from __future__ import annotations

from docrel.compile.passes import check, compile
from docrel.compile.plan_check import load_plan

__all__ = ["check", "compile", "load_plan"]

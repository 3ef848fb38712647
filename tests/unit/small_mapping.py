"""Two small mappings, one with parts, for the tests of reading and of the command line."""

from __future__ import annotations

from docrel.compile import compile as compile_spec
from docrel.plan import Plan
from docrel.spec import loads

TEXT = """\
mapping: projects
document:
  key: name
  parts:
    plan: {file: plan.json, any_of: [goal, meta.name]}
    state: {file: .state/now.json, any_of: [phase]}
    side_notes: notes.json
tables:
  projects:
    each: $
    columns:
      name: {from: plan.meta.name, required: true, unique: true}
      goal: {from: plan.goal}
      phase: {from: state.phase, required: true, one_of: [OPEN, CLOSED], default: OPEN}
      cost: {from: state.cost, type: real, min: 0}
      extra: {rest: true}
    tables:
      tasks:
        each: plan.tasks[*]
        columns:
          title: {type: text, required: true}
          done: boolean
"""

SINGLE_TEXT = """\
mapping: notes
document: {key: id}
tables:
  notes:
    each: $
    columns:
      id: {required: true, unique: true}
      extra: {rest: true}
"""


def project_plan() -> Plan:
    """Return the plan of projects, which have parts."""
    return compile_spec(loads(TEXT, "projects.yaml"))


def note_plan() -> Plan:
    """Return the plan of notes, which are single files."""
    return compile_spec(loads(SINGLE_TEXT, "notes.yaml"))

"""The missions v2 tables as a person writes them: 11 tables, 28 explicit indexes, `PRAGMA user_version = 2`.

In: nothing. Out: SQL text. The benchmarks use it for the hand-written contender; docrel derives its own.
"""

from __future__ import annotations

from typing import Final

_CHILD: Final = "mission_id INTEGER NOT NULL REFERENCES missions(id) ON DELETE CASCADE"

TABLES: Final[tuple[str, ...]] = (
    """CREATE TABLE missions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mission_uuid TEXT NOT NULL UNIQUE,
  name TEXT,
  phase TEXT NOT NULL CHECK (phase IN ('PLANNING', 'AWAITING_CODE_GENERATION', 'CODING', 'TESTING',
    'DEPLOYMENT', 'MAINTENANCE', 'PRODUCTION')),
  status TEXT NOT NULL CHECK (status IN ('pending', 'in_progress', 'completed', 'failed')),
  created_at TEXT NOT NULL,
  completed_at TEXT,
  updated_at TEXT,
  planning_sub_state TEXT CHECK (planning_sub_state IN ('RESEARCH', 'BUSINESS_VALIDATION',
    'FEATURE_SPECIFICATION', 'ARCHITECTURE_DESIGN')),
  max_cost_usd REAL,
  current_cost_usd REAL DEFAULT 0.0 CHECK (current_cost_usd >= 0),
  alert_threshold REAL DEFAULT 0.80 CHECK (alert_threshold BETWEEN 0 AND 1),
  cost_breakdown TEXT,
  owner TEXT,
  description TEXT,
  api_version TEXT DEFAULT 'agency.os/v1alpha1',
  metadata TEXT
)""",
    f"""CREATE TABLE tool_calls (
  id INTEGER PRIMARY KEY AUTOINCREMENT, {_CHILD}, tool_name TEXT NOT NULL, args TEXT NOT NULL, result TEXT,
  timestamp TEXT NOT NULL, duration_ms INTEGER, success INTEGER NOT NULL CHECK (success IN (0, 1)),
  error_message TEXT
)""",
    f"""CREATE TABLE decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, {_CHILD}, decision_type TEXT NOT NULL, rationale TEXT,
  timestamp TEXT NOT NULL, agent_name TEXT, context TEXT
)""",
    f"""CREATE TABLE playbook_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, {_CHILD}, playbook_name TEXT NOT NULL, phase TEXT,
  started_at TEXT NOT NULL, completed_at TEXT, success INTEGER CHECK (success IN (0, 1)), metrics TEXT,
  error_message TEXT
)""",
    f"""CREATE TABLE agent_memory (
  id INTEGER PRIMARY KEY AUTOINCREMENT, {_CHILD}, key TEXT NOT NULL, value TEXT, timestamp TEXT NOT NULL,
  ttl INTEGER, expires_at TEXT, UNIQUE (mission_id, key)
)""",
    f"""CREATE TABLE session_narrative (
  id INTEGER PRIMARY KEY AUTOINCREMENT, {_CHILD}, session_num INTEGER NOT NULL, summary TEXT NOT NULL,
  date TEXT NOT NULL, phase TEXT NOT NULL
)""",
    f"""CREATE TABLE domain_concepts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, {_CHILD}, concept TEXT NOT NULL, timestamp TEXT NOT NULL
)""",
    f"""CREATE TABLE domain_concerns (
  id INTEGER PRIMARY KEY AUTOINCREMENT, {_CHILD}, concern TEXT NOT NULL, timestamp TEXT NOT NULL
)""",
    f"""CREATE TABLE trajectory (
  id INTEGER PRIMARY KEY AUTOINCREMENT, {_CHILD} UNIQUE, current_phase TEXT NOT NULL, current_focus TEXT,
  completed_phases TEXT, blockers TEXT, updated_at TEXT NOT NULL
)""",
    f"""CREATE TABLE artifacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, {_CHILD},
  artifact_type TEXT NOT NULL CHECK (artifact_type IN ('planning', 'code', 'test', 'deployment')),
  artifact_name TEXT NOT NULL, ref TEXT, path TEXT, url TEXT, branch TEXT, metadata TEXT,
  created_at TEXT NOT NULL
)""",
    f"""CREATE TABLE quality_gates (
  id INTEGER PRIMARY KEY AUTOINCREMENT, {_CHILD}, gate_name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('passed', 'failed', 'skipped')), details TEXT,
  timestamp TEXT NOT NULL
)""",
)

_COLUMNS_BY_INDEX: Final = {
    "idx_missions_phase": "missions(phase)",
    "idx_missions_status": "missions(status)",
    "idx_missions_owner": "missions(owner)",
    "idx_missions_budget": "missions(max_cost_usd, current_cost_usd)",
    "idx_tool_calls_mission_time": "tool_calls(mission_id, timestamp)",
    "idx_tool_calls_name": "tool_calls(tool_name)",
    "idx_tool_calls_success": "tool_calls(success)",
    "idx_decisions_mission_time": "decisions(mission_id, timestamp)",
    "idx_decisions_type": "decisions(decision_type)",
    "idx_decisions_agent": "decisions(agent_name)",
    "idx_playbook_runs_mission": "playbook_runs(mission_id)",
    "idx_playbook_runs_name": "playbook_runs(playbook_name)",
    "idx_playbook_runs_success": "playbook_runs(success)",
    "idx_agent_memory_expires": "agent_memory(expires_at)",
    "idx_session_narrative_mission": "session_narrative(mission_id, session_num)",
    "idx_session_narrative_phase": "session_narrative(phase)",
    "idx_domain_concepts_mission": "domain_concepts(mission_id)",
    "idx_domain_concepts_concept": "domain_concepts(concept)",
    "idx_domain_concerns_mission": "domain_concerns(mission_id)",
    "idx_domain_concerns_concern": "domain_concerns(concern)",
    "idx_trajectory_mission": "trajectory(mission_id)",
    "idx_trajectory_phase": "trajectory(current_phase)",
    "idx_artifacts_mission_type": "artifacts(mission_id, artifact_type)",
    "idx_artifacts_type": "artifacts(artifact_type)",
    "idx_artifacts_ref": "artifacts(ref)",
    "idx_quality_gates_mission": "quality_gates(mission_id)",
    "idx_quality_gates_name": "quality_gates(gate_name)",
    "idx_quality_gates_status": "quality_gates(status)",
}

INDEXES: Final[tuple[str, ...]] = tuple(
    f"CREATE INDEX {name} ON {columns}" for name, columns in _COLUMNS_BY_INDEX.items()
)

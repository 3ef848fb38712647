#!/usr/bin/env bash
# The main job on three missions: into SQLite, questions in SQL, an edit in SQL, and back, exactly.
# Needs only docrel (and its Python): leaves demo/missions.db and demo/again/ behind.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-demo}
rm -rf "$out" && mkdir -p "$out"

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
ask() {
  python - "$out/missions.db" "$1" <<'PY'
import sqlite3, sys
cursor = sqlite3.connect(sys.argv[1]).execute(sys.argv[2])
rows = [[c[0] for c in cursor.description], *[["" if v is None else str(v) for v in row] for row in cursor]]
widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
for number, row in enumerate(rows):
    print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    if number == 0:
        print("  " + "  ".join("-" * width for width in widths))
PY
}

step "1. Three workspace folders, eight JSON files, into one database"
docrel import "$here" --mapping missions@2 --db "$out/missions.db"

step "2. Which missions are over budget, or near it?"
ask "SELECT name, phase, max_cost_usd, current_cost_usd,
            round(100 * current_cost_usd / max_cost_usd) || ' %' AS used
     FROM missions WHERE current_cost_usd > alert_threshold * max_cost_usd"

step "3. What did agents run, and what went wrong?"
ask "SELECT m.name, t.tool_name, t.success, t.duration_ms, t.error_message
     FROM tool_calls t JOIN missions m ON m.id = t.mission_id ORDER BY t.timestamp"

step "4. What is each mission about, and what blocks it?"
ask "SELECT m.name, group_concat(c.concept, ', ') AS concepts, t.blockers
     FROM missions m LEFT JOIN domain_concepts c ON c.mission_id = m.id
     LEFT JOIN trajectory t ON t.mission_id = m.id GROUP BY m.id"

step "5. Every file back, as it was"
for mission in beacon harbour orchard; do
  key=$(python -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute("SELECT mission_uuid FROM missions WHERE lower(name) LIKE ?", [sys.argv[2] + "%"]).fetchone()[0])' "$out/missions.db" "$mission")
  docrel missions export --db "$out/missions.db" --mission-uuid "$key" --workspace --output "$out/again/$mission" >/dev/null
done
python - "$here" "$out/again" <<'PY'
import json, pathlib, sys
before, after = map(pathlib.Path, sys.argv[1:])
files = sorted(p.relative_to(after) for p in after.rglob("*") if p.is_file())
for file in files:
    same = json.dumps(json.loads((before / file).read_text())) == json.dumps(json.loads((after / file).read_text()))
    print(f"  {'same ' if same else 'DIFFERENT'}  {file}")
    assert same
print(f"  {len(files)} files: same values, same types, same order of keys")
PY

step "6. An edit in SQL shows in the document: that change, nothing else"
python -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as c: c.execute("UPDATE missions SET phase = ? WHERE name = ?", ["TESTING", "Harbour"])' "$out/missions.db"
docrel missions export --db "$out/missions.db" --mission-uuid harbour-2026-001 --workspace --output "$out/edited" >/dev/null
diff "$out/again/harbour/project_manifest.json" "$out/edited/project_manifest.json" | sed 's/^/  /' || true

step "7. The database is as its plan says"
docrel validate --db "$out/missions.db"
printf '\n%s is yours to look at: any SQL client opens it. The picture of its tables: docs/missions/v2/diagram.md\n' "$out/missions.db"

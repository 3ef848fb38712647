#!/bin/bash
# The plan's end-to-end test (ARCH-001, "End-to-End Tests"), with docrel's commands in the place of its scripts.
# Needs jq and sqlite3. Works in a temporary workspace; run it from anywhere.
set -e
example=$(cd "$(dirname "${BASH_SOURCE[0]}")/../transition/workspace" && pwd)
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
mkdir -p "$temporary/plan/.vibe/state"
cp "$example/.vibe/state/active_mission.json" "$temporary/plan/.vibe/state/"
cd "$temporary/plan"

echo "🧪 Testing full migration flow..."

# 1. Start with JSON state
cp .vibe/state/active_mission.json "$temporary/backup.json"

# 2. Run migration
docrel missions import --input .vibe/state/ --db .vibe/state/missions.db

# 3. Verify SQLite has data
mission_count=$(sqlite3 .vibe/state/missions.db "SELECT COUNT(*) FROM missions;")
if [ "$mission_count" -eq 0 ]; then
    echo "❌ No missions in SQLite!"
    exit 1
fi

# 4. Export back to JSON
docrel missions export --db .vibe/state/missions.db --output "$temporary/exported.json"

# 5. Verify JSON matches original
diff <(jq -S . "$temporary/backup.json") <(jq -S . "$temporary/exported.json")

echo "✅ Migration E2E test passed!"

# The same for a whole workspace, live: through every phase, and back to files.
cp -R "$example" "$temporary/whole"
cd "$temporary/whole"
docrel transition set stable_s=0 min_reads=0 >/dev/null
for phase in dual-write hybrid-read sql-primary sql-only; do
    docrel transition advance
done
test "$(sqlite3 .vibe/state/missions.db "SELECT mission_uuid FROM missions;")" = "$(jq -r .mission_id "$temporary/backup.json")"
docrel transition rollback --to json-only >/dev/null
for file in project_manifest.json .session_handoff.json .vibe/project_memory.json .vibe/state/active_mission.json .vibe/state/mission_records.json; do
    diff <(jq -S . "$example/$file") <(jq -S . "$file")
done
jq '.mission_id' .vibe/state/active_mission.json

echo "✅ All files of the workspace came back through every phase"

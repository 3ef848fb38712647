CREATE TABLE "teams" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "members" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "team_id" INTEGER NOT NULL REFERENCES "teams" ("id") ON DELETE CASCADE,
  "role"    TEXT    NOT NULL,
  "nick"    TEXT,
  "person"  TEXT,
  CHECK (
    ("role" IN ('lead', 'staff') AND "nick" IS NULL) OR ("role" = 'guest' AND "nick" IS NOT NULL)
  )
) STRICT;

CREATE TABLE "teams_complement" (
  "document" INTEGER NOT NULL REFERENCES "teams" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "teams_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "members_team_id_idx" ON "members" ("team_id");

PRAGMA user_version = 1;

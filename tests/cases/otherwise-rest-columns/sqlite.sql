CREATE TABLE "accounts" (
  "id"    INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"  TEXT    NOT NULL UNIQUE,
  "kind"  TEXT    CHECK ("kind" IN ('free', 'paid')),
  "share" REAL    CHECK ("share" BETWEEN 0.0 AND 1.0)
) STRICT;

CREATE TABLE "accounts_complement" (
  "document" INTEGER NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "accounts_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;

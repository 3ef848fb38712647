CREATE TABLE "features" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE,
  "url"  TEXT
) STRICT;

CREATE TABLE "parts" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "feature_id" INTEGER NOT NULL REFERENCES "features" ("id") ON DELETE CASCADE,
  "part"       TEXT    NOT NULL CHECK ("part" NOT IN ('_meta', '_name')),
  "status"     TEXT    NOT NULL,
  UNIQUE ("feature_id", "part")
) STRICT;

CREATE TABLE "compat_complement" (
  "document" INTEGER NOT NULL REFERENCES "features" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "compat_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

PRAGMA user_version = 1;

CREATE TABLE "a.b" (
  "id"                   INTEGER PRIMARY KEY AUTOINCREMENT,
  "say ""x"""            TEXT    NOT NULL UNIQUE,
  "line
break"           TEXT,
  "'); DROP TABLE x; --" TEXT,
  "select"               TEXT,
  "😀"                    TEXT,
  "empty key"            TEXT,
  "{}%s"                 TEXT,
  "__import__('os')"     TEXT
) STRICT;

CREATE TABLE "from" (
  "id"           INTEGER PRIMARY KEY AUTOINCREMENT,
  "row ""1""_id" INTEGER NOT NULL REFERENCES "a.b" ("id") ON DELETE CASCADE,
  "key"          TEXT    NOT NULL,
  "group"        TEXT,
  UNIQUE ("row ""1""_id", "key")
) STRICT;

CREATE TABLE "it's_complement" (
  "document" INTEGER NOT NULL REFERENCES "a.b" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "it's_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "order by 1" ON "a.b" ("select", "😀");

PRAGMA user_version = 1;

CREATE TABLE "boms" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "serial" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "components" (
  "id"                  INTEGER PRIMARY KEY AUTOINCREMENT,
  "bom_id"              INTEGER NOT NULL REFERENCES "boms" ("id") ON DELETE CASCADE,
  "parent_component_id" INTEGER REFERENCES "components" ("id") ON DELETE CASCADE,
  "is_main"             INTEGER CHECK ("is_main" IN (0, 1)),
  "name"                TEXT    NOT NULL,
  "version"             TEXT,
  CHECK (
    ("is_main" IS 1 AND "parent_component_id" IS NULL) OR ("is_main" IS 0 AND "parent_component_id" IS NULL) OR "parent_component_id" IS NOT NULL
  ),
  CHECK (
    "parent_component_id" <> "id"
  )
) STRICT;

CREATE TABLE "hashes" (
  "id"           INTEGER PRIMARY KEY AUTOINCREMENT,
  "component_id" INTEGER NOT NULL REFERENCES "components" ("id") ON DELETE CASCADE,
  "alg"          TEXT,
  "content"      TEXT
) STRICT;

CREATE TABLE "boms_complement" (
  "document" INTEGER NOT NULL REFERENCES "boms" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "boms_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "components_bom_id_idx" ON "components" ("bom_id");

CREATE INDEX "components_parent_component_id_idx" ON "components" ("parent_component_id");

CREATE INDEX "hashes_component_id_idx" ON "hashes" ("component_id");

PRAGMA user_version = 1;

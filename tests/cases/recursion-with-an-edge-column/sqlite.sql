CREATE TABLE "questionnaires" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "items" (
  "id"               INTEGER PRIMARY KEY AUTOINCREMENT,
  "questionnaire_id" INTEGER NOT NULL REFERENCES "questionnaires" ("id") ON DELETE CASCADE,
  "parent_item_id"   INTEGER REFERENCES "items" ("id") ON DELETE CASCADE,
  "came_by"          TEXT    NOT NULL,
  "link"             TEXT    NOT NULL,
  CHECK (
    ("came_by" = 'each' AND "parent_item_id" IS NULL) OR ("came_by" IN ('item', 'answer.item') AND "parent_item_id" IS NOT NULL)
  ),
  CHECK (
    "parent_item_id" <> "id"
  )
) STRICT;

CREATE TABLE "questionnaires_complement" (
  "document" INTEGER NOT NULL REFERENCES "questionnaires" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "questionnaires_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "items_parent_item_id_idx" ON "items" ("parent_item_id");

CREATE INDEX "items_questionnaire_id_idx" ON "items" ("questionnaire_id");

PRAGMA user_version = 1;

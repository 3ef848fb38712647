CREATE TABLE "orders" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "number" TEXT    NOT NULL UNIQUE,
  "count"  INTEGER,
  "more"   TEXT
);

CREATE TABLE "tags" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "order_id" INTEGER NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE,
  "name"     TEXT,
  "value"    TEXT
);

CREATE TABLE "orders_complement" (
  "document" INTEGER NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "orders_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "tags_order_id_idx" ON "tags" ("order_id");

PRAGMA user_version = 1;

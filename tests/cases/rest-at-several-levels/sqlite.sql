CREATE TABLE "orders" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "number" TEXT    NOT NULL UNIQUE,
  "more"   TEXT    CHECK ("more" IS NULL OR "more" GLOB '{*' OR ltrim("more", char(9, 10, 13, 32)) GLOB '{*')
) STRICT;

CREATE TABLE "lines" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "order_id" INTEGER NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE,
  "sku"      TEXT,
  "more"     TEXT    CHECK ("more" IS NULL OR "more" GLOB '{*' OR ltrim("more", char(9, 10, 13, 32)) GLOB '{*')
) STRICT;

CREATE TABLE "parts" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "line_id" INTEGER NOT NULL REFERENCES "lines" ("id") ON DELETE CASCADE,
  "part"    TEXT    NOT NULL,
  "weight"  REAL    CHECK ("weight" < 9e999 AND "weight" > -9e999),
  "more"    TEXT    CHECK ("more" IS NULL OR "more" GLOB '{*' OR ltrim("more", char(9, 10, 13, 32)) GLOB '{*'),
  UNIQUE ("line_id", "part")
) STRICT;

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

CREATE INDEX "lines_order_id_idx" ON "lines" ("order_id");

PRAGMA user_version = 1;

CREATE TABLE "orders" (
  "id"        INTEGER PRIMARY KEY AUTOINCREMENT,
  "number"    TEXT    NOT NULL UNIQUE,
  "big"       TEXT    CHECK ("big" IS NULL OR "big" GLOB '[[{"]*' OR "big" IN ('null', 'true', 'false') OR "big" GLOB '[-0-9]*' AND "big" NOT GLOB '*[^-+.0-9Ee]*' OR ltrim("big", char(9, 10, 13, 32)) GLOB '[[{]*'),
  "first_two" TEXT    CHECK ("first_two" IS NULL OR "first_two" GLOB '[[{"]*' OR "first_two" IN ('null', 'true', 'false') OR "first_two" GLOB '[-0-9]*' AND "first_two" NOT GLOB '*[^-+.0-9Ee]*' OR ltrim("first_two", char(9, 10, 13, 32)) GLOB '[[{]*'),
  "any_price" REAL    CHECK ("any_price" < 9e999 AND "any_price" > -9e999),
  "last_sku"  TEXT
) STRICT;

CREATE TABLE "lines" (
  "id"           INTEGER PRIMARY KEY AUTOINCREMENT,
  "order_id"     INTEGER NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE,
  "sku"          TEXT,
  "qty"          INTEGER,
  "order_number" TEXT
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

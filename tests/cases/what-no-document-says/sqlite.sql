CREATE TABLE "orders" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "number"     TEXT    NOT NULL UNIQUE,
  "placed"     TEXT    CHECK ("placed" GLOB '[0-9]*' AND "placed" > '0001' AND ("placed" IS strftime('%Y-%m-%dT%H:%M:%SZ', "placed", '+0 days') OR substr("placed", 1, 19) IS strftime('%Y-%m-%dT%H:%M:%S', substr("placed", 1, 19), '+0 days') AND substr("placed", 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND substr("placed", 20) <> '.000000Z')),
  "paid"       TEXT    CHECK ("paid" GLOB '[0-9]*' AND "paid" IS date("paid", '+0 days') AND "paid" > '0001'),
  "total"      REAL    CHECK ("total" < 9e999 AND "total" > -9e999),
  "price"      TEXT    CHECK ("price" GLOB '*[0-9]' AND "price" NOT GLOB '*[^-.0-9]*' AND "price" NOT GLOB '?*-*' AND "price" NOT GLOB '*.*.*' AND ltrim("price", '-') GLOB '[0-9]*' AND ltrim("price", '-') NOT GLOB '0[0-9]*'),
  "batch"      TEXT    CHECK ("batch" GLOB '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
  "count"      INTEGER,
  "seal"       BLOB,
  "state"      TEXT    CHECK ("state" NOT IN ('open', 'shut')),
  "buyer"      TEXT,
  "buyer_name" TEXT,
  "options"    TEXT    CHECK ("options" IS NULL OR "options" GLOB '[[{"]*' OR "options" IN ('null', 'true', 'false') OR "options" GLOB '[-0-9]*' AND "options" NOT GLOB '*[^-+.0-9Ee]*' OR ltrim("options", char(9, 10, 13, 32)) GLOB '[[{]*'),
  "more"       TEXT    CHECK ("more" IS NULL OR "more" GLOB '{*' OR ltrim("more", char(9, 10, 13, 32)) GLOB '{*'),
  CHECK (
    "buyer" IS NULL OR "buyer_name" IS NULL
  )
) STRICT;

CREATE TABLE "ship" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "order_id" INTEGER NOT NULL UNIQUE REFERENCES "orders" ("id") ON DELETE CASCADE,
  "town"     TEXT
) STRICT;

CREATE TABLE "lines" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "order_id" INTEGER NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE,
  "place"    INTEGER NOT NULL,
  "sku"      TEXT
) STRICT;

CREATE TABLE "tags" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "order_id" INTEGER NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE,
  "name"     TEXT    NOT NULL,
  "value"    TEXT,
  UNIQUE ("order_id", "name")
) STRICT;

CREATE TABLE "gifts" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "order_id" INTEGER NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE,
  "kind"     TEXT    NOT NULL CHECK ("kind" IN ('gift', 'extra'))
) STRICT;

CREATE TABLE "parts" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "order_id" INTEGER NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE,
  "sku"      TEXT
) STRICT;

CREATE TABLE "notes" (
  "id"             INTEGER PRIMARY KEY AUTOINCREMENT,
  "order_id"       INTEGER NOT NULL REFERENCES "orders" ("id") ON DELETE CASCADE,
  "parent_note_id" INTEGER REFERENCES "notes" ("id") ON DELETE CASCADE,
  "came_by"        TEXT    NOT NULL,
  "text"           TEXT,
  CHECK (
    ("came_by" = 'each' AND "parent_note_id" IS NULL) OR ("came_by" IN ('replies', 'quotes') AND "parent_note_id" IS NOT NULL)
  ),
  CHECK (
    "parent_note_id" <> "id"
  )
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

CREATE INDEX "gifts_order_id_idx" ON "gifts" ("order_id");

CREATE INDEX "parts_order_id_idx" ON "parts" ("order_id");

CREATE INDEX "notes_order_id_idx" ON "notes" ("order_id");

CREATE INDEX "notes_parent_note_id_idx" ON "notes" ("parent_note_id");

PRAGMA user_version = 1;

CREATE TABLE "shops" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "products" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "shop_id" INTEGER NOT NULL REFERENCES "shops" ("id") ON DELETE CASCADE,
  "sku"     TEXT    NOT NULL UNIQUE,
  "price"   TEXT    CHECK ("price" GLOB '*[0-9]' AND "price" NOT GLOB '*[^-.0-9]*' AND "price" NOT GLOB '?*-*' AND "price" NOT GLOB '*.*.*' AND ltrim("price", '-') GLOB '[0-9]*' AND ltrim("price", '-') NOT GLOB '0[0-9]*')
) STRICT;

CREATE TABLE "sales" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "shop_id" INTEGER NOT NULL REFERENCES "shops" ("id") ON DELETE CASCADE,
  "sku"     TEXT    NOT NULL REFERENCES "products" ("sku"),
  "qty"     INTEGER
) STRICT;

CREATE TABLE "shops_complement" (
  "document" INTEGER NOT NULL REFERENCES "shops" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "shops_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "products_shop_id_idx" ON "products" ("shop_id");

CREATE INDEX "sales_shop_id_idx" ON "sales" ("shop_id");

PRAGMA user_version = 1;

CREATE TABLE "shops" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "sales" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "shop_id" INTEGER NOT NULL REFERENCES "shops" ("id") ON DELETE CASCADE,
  "sku"     TEXT,
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

CREATE INDEX "sales_shop_id_idx" ON "sales" ("shop_id");

CREATE VIEW "best_sellers" AS
SELECT sku, sum(qty) AS pieces FROM sales GROUP BY sku ORDER BY pieces DESC;

CREATE TRIGGER sold_is_sold BEFORE UPDATE OF sku ON sales
BEGIN
  SELECT RAISE(ABORT, 'what was sold stays what it was');
END;

CREATE INDEX idx_big_sales ON sales (qty) WHERE qty > 100;

PRAGMA user_version = 1;

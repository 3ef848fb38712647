CREATE TABLE "shops" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "products" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "shop_id" INTEGER NOT NULL REFERENCES "shops" ("id") ON DELETE CASCADE,
  "sku"     TEXT    NOT NULL UNIQUE,
  "price"   ANY     CHECK ("price" < 9e999 AND "price" > -9e999)
) STRICT;

CREATE TABLE "sales" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "shop_id" INTEGER NOT NULL REFERENCES "shops" ("id") ON DELETE CASCADE,
  "sku"     TEXT    NOT NULL REFERENCES "products" ("sku"),
  "qty"     INTEGER
) STRICT;

CREATE TABLE "shops_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
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

CREATE VIEW "shops_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "shops" AS r
  JOIN "shops_note" AS n ON n."table" = 'shops' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "shops" AS r JOIN "products" AS t0 ON t0."shop_id" = r."id"
  JOIN "shops_note" AS n ON n."table" = 'products' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "shops" AS r JOIN "sales" AS t0 ON t0."shop_id" = r."id"
  JOIN "shops_note" AS n ON n."table" = 'sales' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_shops_insert" AFTER INSERT ON "shops" BEGIN
  DELETE FROM "shops_note" WHERE "table" = 'shops' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_shops_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "shops"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "shops_note" WHERE "table" = 'shops' AND "row" = NEW."id";
  UPDATE "shops_note" SET "row" = NEW."id" WHERE "table" = 'shops' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('shops') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_shops_delete" AFTER DELETE ON "shops" BEGIN
  DELETE FROM "shops_note" WHERE "table" = 'shops' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_products_insert" AFTER INSERT ON "products" BEGIN
  DELETE FROM "shops_note" WHERE "table" = 'products' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_products_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "products"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "shops_note" WHERE "table" = 'products' AND "row" = NEW."id";
  UPDATE "shops_note" SET "row" = NEW."id" WHERE "table" = 'products' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('products') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_products_delete" AFTER DELETE ON "products" BEGIN
  DELETE FROM "shops_note" WHERE "table" = 'products' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_products_move" AFTER UPDATE OF "shop_id" ON "products"
WHEN (OLD."shop_id") IS NOT (NEW."shop_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('products');
  UPDATE "shops_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('products'))
    WHERE "table" = 'products' AND "row" = NEW."id";
  INSERT INTO "shops_note" ("table", "row", "rank")
    SELECT 'products', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('products'))
    WHERE NOT EXISTS (SELECT 1 FROM "shops_note" WHERE "table" = 'products' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_sales_insert" AFTER INSERT ON "sales" BEGIN
  DELETE FROM "shops_note" WHERE "table" = 'sales' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_sales_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "sales"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "shops_note" WHERE "table" = 'sales' AND "row" = NEW."id";
  UPDATE "shops_note" SET "row" = NEW."id" WHERE "table" = 'sales' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('sales') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_sales_delete" AFTER DELETE ON "sales" BEGIN
  DELETE FROM "shops_note" WHERE "table" = 'sales' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_sales_move" AFTER UPDATE OF "shop_id" ON "sales"
WHEN (OLD."shop_id") IS NOT (NEW."shop_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('sales');
  UPDATE "shops_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('sales'))
    WHERE "table" = 'sales' AND "row" = NEW."id";
  INSERT INTO "shops_note" ("table", "row", "rank")
    SELECT 'sales', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('sales'))
    WHERE NOT EXISTS (SELECT 1 FROM "shops_note" WHERE "table" = 'sales' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;

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

CREATE TABLE "orders_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
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

CREATE VIEW "orders_complement" AS
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r
  JOIN "orders_note" AS n ON n."table" = 'orders' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r JOIN "lines" AS t0 ON t0."order_id" = r."id"
  JOIN "orders_note" AS n ON n."table" = 'lines' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_orders_insert" AFTER INSERT ON "orders" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'orders' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_orders_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "orders"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'orders' AND "row" = NEW."id";
  UPDATE "orders_note" SET "row" = NEW."id" WHERE "table" = 'orders' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('orders') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_orders_delete" AFTER DELETE ON "orders" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'orders' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_lines_insert" AFTER INSERT ON "lines" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'lines' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_lines_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "lines"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'lines' AND "row" = NEW."id";
  UPDATE "orders_note" SET "row" = NEW."id" WHERE "table" = 'lines' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('lines') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_lines_delete" AFTER DELETE ON "lines" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'lines' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_lines_move" AFTER UPDATE OF "order_id" ON "lines"
WHEN (OLD."order_id") IS NOT (NEW."order_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('lines');
  UPDATE "orders_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('lines'))
    WHERE "table" = 'lines' AND "row" = NEW."id";
  INSERT INTO "orders_note" ("table", "row", "rank")
    SELECT 'lines', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('lines'))
    WHERE NOT EXISTS (SELECT 1 FROM "orders_note" WHERE "table" = 'lines' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;

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
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r JOIN "lines" AS t0 ON t0."order_id" = r."id" JOIN "parts" AS t1 ON t1."line_id" = t0."id"
  JOIN "orders_note" AS n ON n."table" = 'parts' AND n."row" = t1."id"
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

CREATE TRIGGER "_docrel_parts_insert" AFTER INSERT ON "parts" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'parts' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_parts_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "parts"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'parts' AND "row" = NEW."id";
  UPDATE "orders_note" SET "row" = NEW."id" WHERE "table" = 'parts' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('parts') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_parts_delete" AFTER DELETE ON "parts" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'parts' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_parts_move" AFTER UPDATE OF "line_id" ON "parts"
WHEN (OLD."line_id") IS NOT (NEW."line_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('parts');
  UPDATE "orders_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('parts'))
    WHERE "table" = 'parts' AND "row" = NEW."id";
  INSERT INTO "orders_note" ("table", "row", "rank")
    SELECT 'parts', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('parts'))
    WHERE NOT EXISTS (SELECT 1 FROM "orders_note" WHERE "table" = 'parts' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;

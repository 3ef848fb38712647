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

CREATE INDEX "tags_order_id_idx" ON "tags" ("order_id");

CREATE VIEW "orders_complement" AS
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r
  JOIN "orders_note" AS n ON n."table" = 'orders' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r JOIN "tags" AS t0 ON t0."order_id" = r."id"
  JOIN "orders_note" AS n ON n."table" = 'tags' AND n."row" = t0."id"
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

CREATE TRIGGER "_docrel_tags_insert" AFTER INSERT ON "tags" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'tags' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_tags_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "tags"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'tags' AND "row" = NEW."id";
  UPDATE "orders_note" SET "row" = NEW."id" WHERE "table" = 'tags' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('tags') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_tags_delete" AFTER DELETE ON "tags" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'tags' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_tags_move" AFTER UPDATE OF "order_id" ON "tags"
WHEN (OLD."order_id") IS NOT (NEW."order_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('tags');
  UPDATE "orders_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('tags'))
    WHERE "table" = 'tags' AND "row" = NEW."id";
  INSERT INTO "orders_note" ("table", "row", "rank")
    SELECT 'tags', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('tags'))
    WHERE NOT EXISTS (SELECT 1 FROM "orders_note" WHERE "table" = 'tags' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;

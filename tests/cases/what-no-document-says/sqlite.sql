CREATE TABLE "orders" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "number"     TEXT    NOT NULL UNIQUE,
  "placed"     TEXT    CHECK ("placed" GLOB '[0-9]*' AND "placed" > '0001' AND substr("placed", 1, 19) IS strftime('%Y-%m-%dT%H:%M:%S', substr("placed", 1, 19), '+0 days') AND substr("placed", 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]Z'),
  "paid"       TEXT    CHECK ("paid" GLOB '[0-9]*' AND "paid" IS date("paid", '+0 days') AND "paid" > '0001'),
  "total"      REAL    CHECK ("total" < 9e999 AND "total" > -9e999),
  "price"      ANY     CHECK ("price" < 9e999 AND "price" > -9e999),
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

CREATE INDEX "gifts_order_id_idx" ON "gifts" ("order_id");

CREATE INDEX "parts_order_id_idx" ON "parts" ("order_id");

CREATE INDEX "notes_order_id_idx" ON "notes" ("order_id");

CREATE INDEX "notes_parent_note_id_idx" ON "notes" ("parent_note_id");

CREATE VIEW "orders_complement" AS
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r
  JOIN "orders_note" AS n ON n."table" = 'orders' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r JOIN "ship" AS t0 ON t0."order_id" = r."id"
  JOIN "orders_note" AS n ON n."table" = 'ship' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r JOIN "lines" AS t0 ON t0."order_id" = r."id"
  JOIN "orders_note" AS n ON n."table" = 'lines' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r JOIN "tags" AS t0 ON t0."order_id" = r."id"
  JOIN "orders_note" AS n ON n."table" = 'tags' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r JOIN "gifts" AS t0 ON t0."order_id" = r."id"
  JOIN "orders_note" AS n ON n."table" = 'gifts' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r JOIN "parts" AS t0 ON t0."order_id" = r."id"
  JOIN "orders_note" AS n ON n."table" = 'parts' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."number" AS "document", n."table", n."row", n."shape", n."body"
  FROM "orders" AS r JOIN "notes" AS t0 ON t0."order_id" = r."id"
  JOIN "orders_note" AS n ON n."table" = 'notes' AND n."row" = t0."id"
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

CREATE TRIGGER "_docrel_ship_insert" AFTER INSERT ON "ship" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'ship' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_ship_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "ship"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'ship' AND "row" = NEW."id";
  UPDATE "orders_note" SET "row" = NEW."id" WHERE "table" = 'ship' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('ship') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_ship_delete" AFTER DELETE ON "ship" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'ship' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_ship_move" AFTER UPDATE OF "order_id" ON "ship"
WHEN (OLD."order_id") IS NOT (NEW."order_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('ship');
  UPDATE "orders_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('ship'))
    WHERE "table" = 'ship' AND "row" = NEW."id";
  INSERT INTO "orders_note" ("table", "row", "rank")
    SELECT 'ship', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('ship'))
    WHERE NOT EXISTS (SELECT 1 FROM "orders_note" WHERE "table" = 'ship' AND "row" = NEW."id");
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

CREATE TRIGGER "_docrel_gifts_insert" AFTER INSERT ON "gifts" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'gifts' AND "row" = NEW."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('parts') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_gifts_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "gifts"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'gifts' AND "row" = NEW."id";
  UPDATE "orders_note" SET "row" = NEW."id" WHERE "table" = 'gifts' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('gifts', 'parts') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_gifts_delete" AFTER DELETE ON "gifts" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'gifts' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_gifts_move" AFTER UPDATE OF "order_id" ON "gifts"
WHEN (OLD."order_id") IS NOT (NEW."order_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('gifts', 'parts');
  UPDATE "orders_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('gifts', 'parts'))
    WHERE "table" = 'gifts' AND "row" = NEW."id";
  INSERT INTO "orders_note" ("table", "row", "rank")
    SELECT 'gifts', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('gifts', 'parts'))
    WHERE NOT EXISTS (SELECT 1 FROM "orders_note" WHERE "table" = 'gifts' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_parts_insert" AFTER INSERT ON "parts" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'parts' AND "row" = NEW."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('gifts') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_parts_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "parts"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'parts' AND "row" = NEW."id";
  UPDATE "orders_note" SET "row" = NEW."id" WHERE "table" = 'parts' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('gifts', 'parts') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_parts_delete" AFTER DELETE ON "parts" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'parts' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_parts_move" AFTER UPDATE OF "order_id" ON "parts"
WHEN (OLD."order_id") IS NOT (NEW."order_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('gifts', 'parts');
  UPDATE "orders_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('gifts', 'parts'))
    WHERE "table" = 'parts' AND "row" = NEW."id";
  INSERT INTO "orders_note" ("table", "row", "rank")
    SELECT 'parts', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('gifts', 'parts'))
    WHERE NOT EXISTS (SELECT 1 FROM "orders_note" WHERE "table" = 'parts' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_notes_insert" AFTER INSERT ON "notes" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'notes' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_notes_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "notes"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'notes' AND "row" = NEW."id";
  UPDATE "orders_note" SET "row" = NEW."id" WHERE "table" = 'notes' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('notes') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_notes_delete" AFTER DELETE ON "notes" BEGIN
  DELETE FROM "orders_note" WHERE "table" = 'notes' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_notes_move" AFTER UPDATE OF "parent_note_id", "order_id" ON "notes"
WHEN (OLD."parent_note_id", OLD."order_id") IS NOT (NEW."parent_note_id", NEW."order_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('notes');
  UPDATE "orders_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('notes'))
    WHERE "table" = 'notes' AND "row" = NEW."id";
  INSERT INTO "orders_note" ("table", "row", "rank")
    SELECT 'notes', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('notes'))
    WHERE NOT EXISTS (SELECT 1 FROM "orders_note" WHERE "table" = 'notes' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;

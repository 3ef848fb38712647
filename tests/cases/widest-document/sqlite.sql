CREATE TABLE "stations" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE,
  "town" TEXT    DEFAULT 'nowhere' CHECK ("town" <> 'München'),
  "more" TEXT    CHECK ("more" IS NULL OR "more" GLOB '{*' OR ltrim("more", char(9, 10, 13, 32)) GLOB '{*')
) STRICT;

CREATE TABLE "days" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "station_id" INTEGER NOT NULL REFERENCES "stations" ("id") ON DELETE CASCADE,
  "day"        TEXT    NOT NULL,
  UNIQUE ("station_id", "day")
) STRICT;

CREATE TABLE "readings" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "day_id" INTEGER NOT NULL REFERENCES "days" ("id") ON DELETE CASCADE,
  "nth"    INTEGER NOT NULL,
  "value"  REAL    CHECK ("value" < 9e999 AND "value" > -9e999),
  "unit"   TEXT    DEFAULT 'C'
) STRICT;

CREATE TABLE "readings_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "readings_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "idx_readings_value" ON "readings" ("value");

CREATE INDEX "readings_day_id_idx" ON "readings" ("day_id");

CREATE VIEW "readings_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "stations" AS r
  JOIN "readings_note" AS n ON n."table" = 'stations' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "stations" AS r JOIN "days" AS t0 ON t0."station_id" = r."id"
  JOIN "readings_note" AS n ON n."table" = 'days' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "stations" AS r JOIN "days" AS t0 ON t0."station_id" = r."id" JOIN "readings" AS t1 ON t1."day_id" = t0."id"
  JOIN "readings_note" AS n ON n."table" = 'readings' AND n."row" = t1."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_stations_insert" AFTER INSERT ON "stations" BEGIN
  DELETE FROM "readings_note" WHERE "table" = 'stations' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_stations_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "stations"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "readings_note" WHERE "table" = 'stations' AND "row" = NEW."id";
  UPDATE "readings_note" SET "row" = NEW."id" WHERE "table" = 'stations' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('stations') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_stations_delete" AFTER DELETE ON "stations" BEGIN
  DELETE FROM "readings_note" WHERE "table" = 'stations' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_days_insert" AFTER INSERT ON "days" BEGIN
  DELETE FROM "readings_note" WHERE "table" = 'days' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_days_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "days"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "readings_note" WHERE "table" = 'days' AND "row" = NEW."id";
  UPDATE "readings_note" SET "row" = NEW."id" WHERE "table" = 'days' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('days') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_days_delete" AFTER DELETE ON "days" BEGIN
  DELETE FROM "readings_note" WHERE "table" = 'days' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_days_move" AFTER UPDATE OF "station_id" ON "days"
WHEN (OLD."station_id") IS NOT (NEW."station_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('days');
  UPDATE "readings_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('days'))
    WHERE "table" = 'days' AND "row" = NEW."id";
  INSERT INTO "readings_note" ("table", "row", "rank")
    SELECT 'days', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('days'))
    WHERE NOT EXISTS (SELECT 1 FROM "readings_note" WHERE "table" = 'days' AND "row" = NEW."id");
END;

CREATE TRIGGER "_docrel_readings_insert" AFTER INSERT ON "readings" BEGIN
  DELETE FROM "readings_note" WHERE "table" = 'readings' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_readings_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "readings"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "readings_note" WHERE "table" = 'readings' AND "row" = NEW."id";
  UPDATE "readings_note" SET "row" = NEW."id" WHERE "table" = 'readings' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('readings') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_readings_delete" AFTER DELETE ON "readings" BEGIN
  DELETE FROM "readings_note" WHERE "table" = 'readings' AND "row" = OLD."id";
END;

PRAGMA user_version = 1;

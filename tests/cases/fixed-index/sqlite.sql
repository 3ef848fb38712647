CREATE TABLE "places" (
  "id"        INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"      TEXT    NOT NULL UNIQUE,
  "longitude" REAL    CHECK ("longitude" < 9e999 AND "longitude" > -9e999),
  "latitude"  REAL    CHECK ("latitude" < 9e999 AND "latitude" > -9e999)
) STRICT;

CREATE TABLE "places_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "places_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "places_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "places" AS r
  JOIN "places_note" AS n ON n."table" = 'places' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_places_insert" AFTER INSERT ON "places" BEGIN
  DELETE FROM "places_note" WHERE "table" = 'places' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_places_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "places"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "places_note" WHERE "table" = 'places' AND "row" = NEW."id";
  UPDATE "places_note" SET "row" = NEW."id" WHERE "table" = 'places' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('places') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_places_delete" AFTER DELETE ON "places" BEGIN
  DELETE FROM "places_note" WHERE "table" = 'places' AND "row" = OLD."id";
END;

PRAGMA user_version = 1;

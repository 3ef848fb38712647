CREATE TABLE "manifests" (
  "name" TEXT    NOT NULL PRIMARY KEY,
  "api"  TEXT,
  "size" INTEGER NOT NULL
);

CREATE TABLE "manifests_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "manifests_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "manifests_complement" AS
SELECT r."name" AS "document", n."table", n."row", s."body" AS "shape", n."body"
  FROM "manifests" AS r
  JOIN "manifests_note" AS n ON n."table" = 'manifests' AND n."row" = '[' || CASE typeof(r."name") WHEN 'text' THEN '"' || replace(r."name", '"', '""') || '"' ELSE quote(r."name") END || ']'
  LEFT JOIN "manifests_shape" AS s ON s."id" = n."shape"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_manifests_insert" AFTER INSERT ON "manifests" BEGIN
  DELETE FROM "manifests_note" WHERE "table" = 'manifests' AND "row" = '[' || CASE typeof(NEW."name") WHEN 'text' THEN '"' || replace(NEW."name", '"', '""') || '"' ELSE quote(NEW."name") END || ']';
END;

CREATE TRIGGER "_docrel_manifests_update" AFTER UPDATE OF "name" ON "manifests"
WHEN (OLD."name") IS NOT (NEW."name") BEGIN
  DELETE FROM "manifests_note" WHERE "table" = 'manifests' AND "row" = '[' || CASE typeof(NEW."name") WHEN 'text' THEN '"' || replace(NEW."name", '"', '""') || '"' ELSE quote(NEW."name") END || ']';
  UPDATE "manifests_note" SET "row" = '[' || CASE typeof(NEW."name") WHEN 'text' THEN '"' || replace(NEW."name", '"', '""') || '"' ELSE quote(NEW."name") END || ']' WHERE "table" = 'manifests' AND "row" = '[' || CASE typeof(OLD."name") WHEN 'text' THEN '"' || replace(OLD."name", '"', '""') || '"' ELSE quote(OLD."name") END || ']';
END;

CREATE TRIGGER "_docrel_manifests_delete" AFTER DELETE ON "manifests" BEGIN
  DELETE FROM "manifests_note" WHERE "table" = 'manifests' AND "row" = '[' || CASE typeof(OLD."name") WHEN 'text' THEN '"' || replace(OLD."name", '"', '""') || '"' ELSE quote(OLD."name") END || ']';
END;

PRAGMA user_version = 1;

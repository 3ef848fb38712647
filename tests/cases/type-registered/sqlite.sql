CREATE TABLE "races" (
  "name"    TEXT    NOT NULL PRIMARY KEY,
  "seconds" INTEGER
);

CREATE TABLE "races_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "races_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "races_complement" AS
SELECT r."name" AS "document", n."table", n."row", s."body" AS "shape", n."body"
  FROM "races" AS r
  JOIN "races_note" AS n ON n."table" = 'races' AND n."row" = '[' || CASE typeof(r."name") WHEN 'text' THEN '"' || replace(r."name", '"', '""') || '"' ELSE quote(r."name") END || ']'
  LEFT JOIN "races_shape" AS s ON s."id" = n."shape"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_races_insert" AFTER INSERT ON "races" BEGIN
  DELETE FROM "races_note" WHERE "table" = 'races' AND "row" = '[' || CASE typeof(NEW."name") WHEN 'text' THEN '"' || replace(NEW."name", '"', '""') || '"' ELSE quote(NEW."name") END || ']';
END;

CREATE TRIGGER "_docrel_races_update" AFTER UPDATE OF "name" ON "races"
WHEN (OLD."name") IS NOT (NEW."name") BEGIN
  DELETE FROM "races_note" WHERE "table" = 'races' AND "row" = '[' || CASE typeof(NEW."name") WHEN 'text' THEN '"' || replace(NEW."name", '"', '""') || '"' ELSE quote(NEW."name") END || ']';
  UPDATE "races_note" SET "row" = '[' || CASE typeof(NEW."name") WHEN 'text' THEN '"' || replace(NEW."name", '"', '""') || '"' ELSE quote(NEW."name") END || ']' WHERE "table" = 'races' AND "row" = '[' || CASE typeof(OLD."name") WHEN 'text' THEN '"' || replace(OLD."name", '"', '""') || '"' ELSE quote(OLD."name") END || ']';
END;

CREATE TRIGGER "_docrel_races_delete" AFTER DELETE ON "races" BEGIN
  DELETE FROM "races_note" WHERE "table" = 'races' AND "row" = '[' || CASE typeof(OLD."name") WHEN 'text' THEN '"' || replace(OLD."name", '"', '""') || '"' ELSE quote(OLD."name") END || ']';
END;

PRAGMA user_version = 1;

CREATE TABLE "projects" (
  "id"    INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"  TEXT    NOT NULL UNIQUE,
  "owner" TEXT
) STRICT;

CREATE TABLE "projects_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "projects_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "projects_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "projects" AS r
  JOIN "projects_note" AS n ON n."table" = 'projects' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_projects_insert" AFTER INSERT ON "projects" BEGIN
  DELETE FROM "projects_note" WHERE "table" = 'projects' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_projects_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "projects"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "projects_note" WHERE "table" = 'projects' AND "row" = NEW."id";
  UPDATE "projects_note" SET "row" = NEW."id" WHERE "table" = 'projects' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('projects') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_projects_delete" AFTER DELETE ON "projects" BEGIN
  DELETE FROM "projects_note" WHERE "table" = 'projects' AND "row" = OLD."id";
END;

PRAGMA user_version = 1;

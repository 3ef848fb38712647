CREATE TABLE "projects" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "artifacts" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "project_id" INTEGER NOT NULL REFERENCES "projects" ("id") ON DELETE CASCADE,
  "kind"       TEXT    NOT NULL,
  "name"       TEXT    NOT NULL,
  "path"       TEXT,
  "url"        TEXT,
  "more"       TEXT    CHECK ("more" IS NULL OR "more" GLOB '{*' OR ltrim("more", char(9, 10, 13, 32)) GLOB '{*'),
  UNIQUE ("project_id", "kind", "name")
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
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "projects" AS r JOIN "artifacts" AS t0 ON t0."project_id" = r."id"
  JOIN "projects_note" AS n ON n."table" = 'artifacts' AND n."row" = t0."id"
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

CREATE TRIGGER "_docrel_artifacts_insert" AFTER INSERT ON "artifacts" BEGIN
  DELETE FROM "projects_note" WHERE "table" = 'artifacts' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_artifacts_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "artifacts"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "projects_note" WHERE "table" = 'artifacts' AND "row" = NEW."id";
  UPDATE "projects_note" SET "row" = NEW."id" WHERE "table" = 'artifacts' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('artifacts') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_artifacts_delete" AFTER DELETE ON "artifacts" BEGIN
  DELETE FROM "projects_note" WHERE "table" = 'artifacts' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_artifacts_move" AFTER UPDATE OF "project_id" ON "artifacts"
WHEN (OLD."project_id") IS NOT (NEW."project_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('artifacts');
  UPDATE "projects_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('artifacts'))
    WHERE "table" = 'artifacts' AND "row" = NEW."id";
  INSERT INTO "projects_note" ("table", "row", "rank")
    SELECT 'artifacts', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('artifacts'))
    WHERE NOT EXISTS (SELECT 1 FROM "projects_note" WHERE "table" = 'artifacts' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;

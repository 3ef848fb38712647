CREATE TABLE "teams" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "members" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "team_id" INTEGER NOT NULL REFERENCES "teams" ("id") ON DELETE CASCADE,
  "role"    TEXT    NOT NULL,
  "nick"    TEXT,
  "person"  TEXT,
  CHECK (
    ("role" IN ('lead', 'staff') AND "nick" IS NULL) OR ("role" = 'guest' AND "nick" IS NOT NULL)
  )
) STRICT;

CREATE TABLE "teams_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "teams_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "members_team_id_idx" ON "members" ("team_id");

CREATE VIEW "teams_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "teams" AS r
  JOIN "teams_note" AS n ON n."table" = 'teams' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "teams" AS r JOIN "members" AS t0 ON t0."team_id" = r."id"
  JOIN "teams_note" AS n ON n."table" = 'members' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_teams_insert" AFTER INSERT ON "teams" BEGIN
  DELETE FROM "teams_note" WHERE "table" = 'teams' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_teams_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "teams"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "teams_note" WHERE "table" = 'teams' AND "row" = NEW."id";
  UPDATE "teams_note" SET "row" = NEW."id" WHERE "table" = 'teams' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('teams') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_teams_delete" AFTER DELETE ON "teams" BEGIN
  DELETE FROM "teams_note" WHERE "table" = 'teams' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_members_insert" AFTER INSERT ON "members" BEGIN
  DELETE FROM "teams_note" WHERE "table" = 'members' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_members_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "members"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "teams_note" WHERE "table" = 'members' AND "row" = NEW."id";
  UPDATE "teams_note" SET "row" = NEW."id" WHERE "table" = 'members' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('members') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_members_delete" AFTER DELETE ON "members" BEGIN
  DELETE FROM "teams_note" WHERE "table" = 'members' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_members_move" AFTER UPDATE OF "team_id" ON "members"
WHEN (OLD."team_id") IS NOT (NEW."team_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('members');
  UPDATE "teams_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('members'))
    WHERE "table" = 'members' AND "row" = NEW."id";
  INSERT INTO "teams_note" ("table", "row", "rank")
    SELECT 'members', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('members'))
    WHERE NOT EXISTS (SELECT 1 FROM "teams_note" WHERE "table" = 'members' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;

CREATE TABLE "agents" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "notes" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "agent_id" INTEGER NOT NULL REFERENCES "agents" ("id") ON DELETE CASCADE,
  "kind"     TEXT    NOT NULL,
  "text"     TEXT,
  "body"     TEXT    CHECK ("body" IS NULL OR "body" GLOB '[[{"]*' OR "body" IN ('null', 'true', 'false') OR "body" GLOB '[-0-9]*' AND "body" NOT GLOB '*[^-+.0-9Ee]*' OR ltrim("body", char(9, 10, 13, 32)) GLOB '[[{]*')
) STRICT;

CREATE TABLE "agents_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "agents_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "notes_agent_id_idx" ON "notes" ("agent_id");

CREATE VIEW "agents_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "agents" AS r
  JOIN "agents_note" AS n ON n."table" = 'agents' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "agents" AS r JOIN "notes" AS t0 ON t0."agent_id" = r."id"
  JOIN "agents_note" AS n ON n."table" = 'notes' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_agents_insert" AFTER INSERT ON "agents" BEGIN
  DELETE FROM "agents_note" WHERE "table" = 'agents' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_agents_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "agents"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "agents_note" WHERE "table" = 'agents' AND "row" = NEW."id";
  UPDATE "agents_note" SET "row" = NEW."id" WHERE "table" = 'agents' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('agents') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_agents_delete" AFTER DELETE ON "agents" BEGIN
  DELETE FROM "agents_note" WHERE "table" = 'agents' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_notes_insert" AFTER INSERT ON "notes" BEGIN
  DELETE FROM "agents_note" WHERE "table" = 'notes' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_notes_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "notes"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "agents_note" WHERE "table" = 'notes' AND "row" = NEW."id";
  UPDATE "agents_note" SET "row" = NEW."id" WHERE "table" = 'notes' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('notes') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_notes_delete" AFTER DELETE ON "notes" BEGIN
  DELETE FROM "agents_note" WHERE "table" = 'notes' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_notes_move" AFTER UPDATE OF "agent_id" ON "notes"
WHEN (OLD."agent_id") IS NOT (NEW."agent_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('notes');
  UPDATE "agents_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('notes'))
    WHERE "table" = 'notes' AND "row" = NEW."id";
  INSERT INTO "agents_note" ("table", "row", "rank")
    SELECT 'notes', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('notes'))
    WHERE NOT EXISTS (SELECT 1 FROM "agents_note" WHERE "table" = 'notes' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;

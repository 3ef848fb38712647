CREATE TABLE "agents" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"    TEXT    NOT NULL UNIQUE,
  "seen_at" TEXT    NOT NULL
) STRICT;

CREATE TABLE "memories" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "agent_id" INTEGER NOT NULL REFERENCES "agents" ("id") ON DELETE CASCADE,
  "text"     TEXT,
  "at"       TEXT    NOT NULL,
  "ttl"      INTEGER,
  "expires"  TEXT
) STRICT;

CREATE TABLE "memories_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "memories_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "memories_agent_id_idx" ON "memories" ("agent_id");

CREATE VIEW "memories_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "agents" AS r
  JOIN "memories_note" AS n ON n."table" = 'agents' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "agents" AS r JOIN "memories" AS t0 ON t0."agent_id" = r."id"
  JOIN "memories_note" AS n ON n."table" = 'memories' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_agents_insert" AFTER INSERT ON "agents" BEGIN
  DELETE FROM "memories_note" WHERE "table" = 'agents' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_agents_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "agents"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "memories_note" WHERE "table" = 'agents' AND "row" = NEW."id";
  UPDATE "memories_note" SET "row" = NEW."id" WHERE "table" = 'agents' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('agents') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_agents_delete" AFTER DELETE ON "agents" BEGIN
  DELETE FROM "memories_note" WHERE "table" = 'agents' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_memories_insert" AFTER INSERT ON "memories" BEGIN
  DELETE FROM "memories_note" WHERE "table" = 'memories' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_memories_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "memories"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "memories_note" WHERE "table" = 'memories' AND "row" = NEW."id";
  UPDATE "memories_note" SET "row" = NEW."id" WHERE "table" = 'memories' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('memories') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_memories_delete" AFTER DELETE ON "memories" BEGIN
  DELETE FROM "memories_note" WHERE "table" = 'memories' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_memories_move" AFTER UPDATE OF "agent_id" ON "memories"
WHEN (OLD."agent_id") IS NOT (NEW."agent_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('memories');
  UPDATE "memories_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('memories'))
    WHERE "table" = 'memories' AND "row" = NEW."id";
  INSERT INTO "memories_note" ("table", "row", "rank")
    SELECT 'memories', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('memories'))
    WHERE NOT EXISTS (SELECT 1 FROM "memories_note" WHERE "table" = 'memories' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;

CREATE TABLE "hosts" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "host" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "variables" (
  "id"      INTEGER PRIMARY KEY AUTOINCREMENT,
  "host_id" INTEGER NOT NULL REFERENCES "hosts" ("id") ON DELETE CASCADE,
  "name"    TEXT    NOT NULL,
  "value"   TEXT,
  UNIQUE ("host_id", "name")
) STRICT;

CREATE TABLE "settings_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "settings_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "settings_complement" AS
SELECT r."host" AS "document", n."table", n."row", n."shape", n."body"
  FROM "hosts" AS r
  JOIN "settings_note" AS n ON n."table" = 'hosts' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."host" AS "document", n."table", n."row", n."shape", n."body"
  FROM "hosts" AS r JOIN "variables" AS t0 ON t0."host_id" = r."id"
  JOIN "settings_note" AS n ON n."table" = 'variables' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_hosts_insert" AFTER INSERT ON "hosts" BEGIN
  DELETE FROM "settings_note" WHERE "table" = 'hosts' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_hosts_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "hosts"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "settings_note" WHERE "table" = 'hosts' AND "row" = NEW."id";
  UPDATE "settings_note" SET "row" = NEW."id" WHERE "table" = 'hosts' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('hosts') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_hosts_delete" AFTER DELETE ON "hosts" BEGIN
  DELETE FROM "settings_note" WHERE "table" = 'hosts' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_variables_insert" AFTER INSERT ON "variables" BEGIN
  DELETE FROM "settings_note" WHERE "table" = 'variables' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_variables_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "variables"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "settings_note" WHERE "table" = 'variables' AND "row" = NEW."id";
  UPDATE "settings_note" SET "row" = NEW."id" WHERE "table" = 'variables' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('variables') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_variables_delete" AFTER DELETE ON "variables" BEGIN
  DELETE FROM "settings_note" WHERE "table" = 'variables' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_variables_move" AFTER UPDATE OF "host_id" ON "variables"
WHEN (OLD."host_id") IS NOT (NEW."host_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('variables');
  UPDATE "settings_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('variables'))
    WHERE "table" = 'variables' AND "row" = NEW."id";
  INSERT INTO "settings_note" ("table", "row", "rank")
    SELECT 'variables', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('variables'))
    WHERE NOT EXISTS (SELECT 1 FROM "settings_note" WHERE "table" = 'variables' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;

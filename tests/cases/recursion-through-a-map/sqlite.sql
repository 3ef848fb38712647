CREATE TABLE "disks" (
  "id"    INTEGER PRIMARY KEY AUTOINCREMENT,
  "label" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "files" (
  "id"             INTEGER PRIMARY KEY AUTOINCREMENT,
  "disk_id"        INTEGER NOT NULL REFERENCES "disks" ("id") ON DELETE CASCADE,
  "parent_file_id" INTEGER REFERENCES "files" ("id") ON DELETE CASCADE,
  "name"           TEXT    NOT NULL,
  "size"           INTEGER,
  UNIQUE ("parent_file_id", "name"),
  CHECK (
    "parent_file_id" <> "id"
  )
) STRICT;

CREATE TABLE "disks_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "disks_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "files_disk_id_idx" ON "files" ("disk_id");

CREATE VIEW "disks_complement" AS
SELECT r."label" AS "document", n."table", n."row", n."shape", n."body"
  FROM "disks" AS r
  JOIN "disks_note" AS n ON n."table" = 'disks' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."label" AS "document", n."table", n."row", n."shape", n."body"
  FROM "disks" AS r JOIN "files" AS t0 ON t0."disk_id" = r."id"
  JOIN "disks_note" AS n ON n."table" = 'files' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_disks_insert" AFTER INSERT ON "disks" BEGIN
  DELETE FROM "disks_note" WHERE "table" = 'disks' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_disks_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "disks"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "disks_note" WHERE "table" = 'disks' AND "row" = NEW."id";
  UPDATE "disks_note" SET "row" = NEW."id" WHERE "table" = 'disks' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('disks') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_disks_delete" AFTER DELETE ON "disks" BEGIN
  DELETE FROM "disks_note" WHERE "table" = 'disks' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_files_insert" AFTER INSERT ON "files" BEGIN
  DELETE FROM "disks_note" WHERE "table" = 'files' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_files_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "files"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "disks_note" WHERE "table" = 'files' AND "row" = NEW."id";
  UPDATE "disks_note" SET "row" = NEW."id" WHERE "table" = 'files' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('files') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_files_delete" AFTER DELETE ON "files" BEGIN
  DELETE FROM "disks_note" WHERE "table" = 'files' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_files_move" AFTER UPDATE OF "parent_file_id", "disk_id" ON "files"
WHEN (OLD."parent_file_id", OLD."disk_id") IS NOT (NEW."parent_file_id", NEW."disk_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('files');
  UPDATE "disks_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('files'))
    WHERE "table" = 'files' AND "row" = NEW."id";
  INSERT INTO "disks_note" ("table", "row", "rank")
    SELECT 'files', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('files'))
    WHERE NOT EXISTS (SELECT 1 FROM "disks_note" WHERE "table" = 'files' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;

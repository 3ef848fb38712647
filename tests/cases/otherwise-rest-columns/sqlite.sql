CREATE TABLE "accounts" (
  "id"    INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"  TEXT    NOT NULL UNIQUE,
  "kind"  TEXT    CHECK ("kind" IN ('free', 'paid')),
  "share" REAL    CHECK ("share" BETWEEN 0.0 AND 1.0)
) STRICT;

CREATE TABLE "accounts_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "accounts_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE VIEW "accounts_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "accounts" AS r
  JOIN "accounts_note" AS n ON n."table" = 'accounts' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_accounts_insert" AFTER INSERT ON "accounts" BEGIN
  DELETE FROM "accounts_note" WHERE "table" = 'accounts' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_accounts_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "accounts"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "accounts_note" WHERE "table" = 'accounts' AND "row" = NEW."id";
  UPDATE "accounts_note" SET "row" = NEW."id" WHERE "table" = 'accounts' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('accounts') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_accounts_delete" AFTER DELETE ON "accounts" BEGIN
  DELETE FROM "accounts_note" WHERE "table" = 'accounts' AND "row" = OLD."id";
END;

PRAGMA user_version = 1;

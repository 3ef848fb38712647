CREATE TABLE "accounts" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "name"   TEXT    NOT NULL UNIQUE,
  "kind"   TEXT    NOT NULL CHECK ("kind" IN ('free', 'paid')),
  "share"  REAL    CHECK ("share" BETWEEN 0.0 AND 1.0),
  "opened" TEXT    CHECK ("opened" GLOB '[0-9]*' AND "opened" IS date("opened", '+0 days') AND "opened" > '0001'),
  "closed" TEXT    CHECK ("closed" GLOB '[0-9]*' AND "closed" IS date("closed", '+0 days') AND "closed" > '0001'),
  UNIQUE ("kind", "opened"),
  CONSTRAINT "closed_after_opened" CHECK (
    opened <= closed
  )
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

CREATE INDEX "idx_accounts_dates" ON "accounts" ("opened", "closed");

CREATE INDEX "idx_accounts_kind" ON "accounts" ("kind");

CREATE UNIQUE INDEX "idx_accounts_share" ON "accounts" ("share");

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

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

CREATE TABLE "accounts_complement" (
  "document" INTEGER NOT NULL REFERENCES "accounts" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
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

PRAGMA user_version = 1;

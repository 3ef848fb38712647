CREATE TABLE "patients" (
  "id"   TEXT NOT NULL PRIMARY KEY,
  "born" TEXT CHECK ("born" GLOB '[0-9]*' AND "born" IS date("born", '+0 days') AND "born" > '0001')
) STRICT;

CREATE TABLE "names" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "patient_id" TEXT    NOT NULL REFERENCES "patients" ("id") ON DELETE CASCADE,
  "family"     TEXT
) STRICT;

CREATE TABLE "visits" (
  "id"      TEXT NOT NULL PRIMARY KEY,
  "patient" TEXT,
  "kind"    TEXT NOT NULL CHECK ("kind" IN ('Visit', 'Encounter'))
) STRICT;

CREATE TABLE "clinic_complement" (
  "root"     TEXT NOT NULL,
  "document" TEXT NOT NULL,
  "table"    TEXT NOT NULL,
  "row"      TEXT NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("root", "document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "clinic_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "names_patient_id_idx" ON "names" ("patient_id");

PRAGMA user_version = 1;

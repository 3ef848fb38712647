CREATE TABLE "puzzles" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "grid_rows" (
  "id"        INTEGER PRIMARY KEY AUTOINCREMENT,
  "puzzle_id" INTEGER NOT NULL REFERENCES "puzzles" ("id") ON DELETE CASCADE,
  "line"      INTEGER NOT NULL
) STRICT;

CREATE TABLE "cells" (
  "id"          INTEGER PRIMARY KEY AUTOINCREMENT,
  "grid_row_id" INTEGER NOT NULL REFERENCES "grid_rows" ("id") ON DELETE CASCADE,
  "x"           INTEGER NOT NULL,
  "digit"       INTEGER
) STRICT;

CREATE TABLE "hints" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "cells_id" INTEGER NOT NULL REFERENCES "cells" ("id") ON DELETE CASCADE,
  "hint"     INTEGER
) STRICT;

CREATE TABLE "puzzles_complement" (
  "document" INTEGER NOT NULL REFERENCES "puzzles" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
) WITHOUT ROWID;

CREATE TABLE "puzzles_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "grid_rows_puzzle_id_idx" ON "grid_rows" ("puzzle_id");

CREATE INDEX "cells_grid_row_id_idx" ON "cells" ("grid_row_id");

CREATE INDEX "hints_cells_id_idx" ON "hints" ("cells_id");

PRAGMA user_version = 1;

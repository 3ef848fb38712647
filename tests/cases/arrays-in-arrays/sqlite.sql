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

CREATE TABLE "puzzles_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
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

CREATE VIEW "puzzles_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "puzzles" AS r
  JOIN "puzzles_note" AS n ON n."table" = 'puzzles' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "puzzles" AS r JOIN "grid_rows" AS t0 ON t0."puzzle_id" = r."id"
  JOIN "puzzles_note" AS n ON n."table" = 'grid_rows' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "puzzles" AS r JOIN "grid_rows" AS t0 ON t0."puzzle_id" = r."id" JOIN "cells" AS t1 ON t1."grid_row_id" = t0."id"
  JOIN "puzzles_note" AS n ON n."table" = 'cells' AND n."row" = t1."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "puzzles" AS r JOIN "grid_rows" AS t0 ON t0."puzzle_id" = r."id" JOIN "cells" AS t1 ON t1."grid_row_id" = t0."id" JOIN "hints" AS t2 ON t2."cells_id" = t1."id"
  JOIN "puzzles_note" AS n ON n."table" = 'hints' AND n."row" = t2."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_puzzles_insert" AFTER INSERT ON "puzzles" BEGIN
  DELETE FROM "puzzles_note" WHERE "table" = 'puzzles' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_puzzles_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "puzzles"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "puzzles_note" WHERE "table" = 'puzzles' AND "row" = NEW."id";
  UPDATE "puzzles_note" SET "row" = NEW."id" WHERE "table" = 'puzzles' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('puzzles') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_puzzles_delete" AFTER DELETE ON "puzzles" BEGIN
  DELETE FROM "puzzles_note" WHERE "table" = 'puzzles' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_grid_rows_insert" AFTER INSERT ON "grid_rows" BEGIN
  DELETE FROM "puzzles_note" WHERE "table" = 'grid_rows' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_grid_rows_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "grid_rows"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "puzzles_note" WHERE "table" = 'grid_rows' AND "row" = NEW."id";
  UPDATE "puzzles_note" SET "row" = NEW."id" WHERE "table" = 'grid_rows' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('grid_rows') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_grid_rows_delete" AFTER DELETE ON "grid_rows" BEGIN
  DELETE FROM "puzzles_note" WHERE "table" = 'grid_rows' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_cells_insert" AFTER INSERT ON "cells" BEGIN
  DELETE FROM "puzzles_note" WHERE "table" = 'cells' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_cells_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "cells"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "puzzles_note" WHERE "table" = 'cells' AND "row" = NEW."id";
  UPDATE "puzzles_note" SET "row" = NEW."id" WHERE "table" = 'cells' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('cells') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_cells_delete" AFTER DELETE ON "cells" BEGIN
  DELETE FROM "puzzles_note" WHERE "table" = 'cells' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_hints_insert" AFTER INSERT ON "hints" BEGIN
  DELETE FROM "puzzles_note" WHERE "table" = 'hints' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_hints_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "hints"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "puzzles_note" WHERE "table" = 'hints' AND "row" = NEW."id";
  UPDATE "puzzles_note" SET "row" = NEW."id" WHERE "table" = 'hints' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('hints') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_hints_delete" AFTER DELETE ON "hints" BEGIN
  DELETE FROM "puzzles_note" WHERE "table" = 'hints' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_hints_move" AFTER UPDATE OF "cells_id" ON "hints"
WHEN (OLD."cells_id") IS NOT (NEW."cells_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('hints');
  UPDATE "puzzles_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('hints'))
    WHERE "table" = 'hints' AND "row" = NEW."id";
  INSERT INTO "puzzles_note" ("table", "row", "rank")
    SELECT 'hints', NEW."id", (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('hints'))
    WHERE NOT EXISTS (SELECT 1 FROM "puzzles_note" WHERE "table" = 'hints' AND "row" = NEW."id");
END;

PRAGMA user_version = 1;

CREATE TABLE "playlists" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "name" TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "songs" (
  "id"          INTEGER PRIMARY KEY AUTOINCREMENT,
  "playlist_id" INTEGER NOT NULL REFERENCES "playlists" ("id") ON DELETE CASCADE,
  "place"       INTEGER NOT NULL,
  "title"       TEXT
) STRICT;

CREATE TABLE "playlists_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "playlists_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "songs_playlist_id_idx" ON "songs" ("playlist_id");

CREATE VIEW "playlists_complement" AS
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "playlists" AS r
  JOIN "playlists_note" AS n ON n."table" = 'playlists' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."name" AS "document", n."table", n."row", n."shape", n."body"
  FROM "playlists" AS r JOIN "songs" AS t0 ON t0."playlist_id" = r."id"
  JOIN "playlists_note" AS n ON n."table" = 'songs' AND n."row" = t0."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;

CREATE TRIGGER "_docrel_playlists_insert" AFTER INSERT ON "playlists" BEGIN
  DELETE FROM "playlists_note" WHERE "table" = 'playlists' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_playlists_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "playlists"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "playlists_note" WHERE "table" = 'playlists' AND "row" = NEW."id";
  UPDATE "playlists_note" SET "row" = NEW."id" WHERE "table" = 'playlists' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('playlists') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_playlists_delete" AFTER DELETE ON "playlists" BEGIN
  DELETE FROM "playlists_note" WHERE "table" = 'playlists' AND "row" = OLD."id";
END;

CREATE TRIGGER "_docrel_songs_insert" AFTER INSERT ON "songs" BEGIN
  DELETE FROM "playlists_note" WHERE "table" = 'songs' AND "row" = NEW."id";
END;

CREATE TRIGGER "_docrel_songs_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "songs"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "playlists_note" WHERE "table" = 'songs' AND "row" = NEW."id";
  UPDATE "playlists_note" SET "row" = NEW."id" WHERE "table" = 'songs' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('songs') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_songs_delete" AFTER DELETE ON "songs" BEGIN
  DELETE FROM "playlists_note" WHERE "table" = 'songs' AND "row" = OLD."id";
END;

PRAGMA user_version = 1;

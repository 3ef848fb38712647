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

CREATE TABLE "playlists_complement" (
  "document" INTEGER NOT NULL REFERENCES "playlists" ("id") ON DELETE CASCADE,
  "table"    TEXT    NOT NULL,
  "row"      INTEGER NOT NULL,
  "shape"    BLOB,
  "body"     TEXT,
  PRIMARY KEY ("document", "table", "row")
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

PRAGMA user_version = 1;

CREATE TABLE "missions" (
  "id" TEXT NOT NULL PRIMARY KEY
) STRICT;

CREATE TABLE "narrative" (
  "id"         INTEGER PRIMARY KEY AUTOINCREMENT,
  "mission_id" TEXT    NOT NULL REFERENCES "missions" ("id") ON DELETE CASCADE,
  "text"       TEXT
) STRICT;

CREATE TABLE "missions_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;

CREATE TABLE "missions_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);

CREATE INDEX "narrative_mission_id_idx" ON "narrative" ("mission_id");

CREATE VIEW "missions_complement" AS
SELECT "document", "table", CASE WHEN "row" NOT GLOB '*[^ -~]*' THEN "row" ELSE (
    WITH RECURSIVE said(n, text, u) AS (
      SELECT 0, '', unicode("row") UNION ALL
      SELECT n + 1, text || CASE WHEN u BETWEEN 32 AND 126 THEN char(u)
        WHEN u BETWEEN 8 AND 13 AND u <> 11 THEN '\' || substr('btn.fr', u - 7, 1)
        WHEN u < 65536 THEN printf('\u%04x', u)
        ELSE printf('\u%04x\u%04x', 55232 + (u >> 10), 56320 + (u & 1023)) END, unicode(substr("row", n + 2, 1))
      FROM said WHERE n < length("row")
    ) SELECT text FROM said ORDER BY n DESC LIMIT 1
  ) END AS "row", "shape", "body" FROM (
SELECT r."id" AS "document", n."table", n."row", n."shape", n."body"
  FROM "missions" AS r
  JOIN "missions_note" AS n ON n."table" = 'missions' AND n."row" = '[' || CASE typeof(r."id") WHEN 'text' THEN '"' || replace(replace(r."id", '\', '\\'), '"', '\"') || '"' ELSE quote(r."id") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."id" AS "document", n."table", n."row", n."shape", n."body"
  FROM "missions" AS r JOIN "narrative" AS t0 ON t0."mission_id" = r."id"
  JOIN "missions_note" AS n ON n."table" = 'narrative' AND n."row" = CAST(t0."id" AS TEXT)
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
) AS noted;

CREATE TRIGGER "_docrel_missions_insert" AFTER INSERT ON "missions" BEGIN
  DELETE FROM "missions_note" WHERE "table" = 'missions' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']';
END;

CREATE TRIGGER "_docrel_missions_update" AFTER UPDATE OF "id" ON "missions"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "missions_note" WHERE "table" = 'missions' AND "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']';
  UPDATE "missions_note" SET "row" = '[' || CASE typeof(NEW."id") WHEN 'text' THEN '"' || replace(replace(NEW."id", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."id") END || ']' WHERE "table" = 'missions' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(replace(OLD."id", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_missions_delete" AFTER DELETE ON "missions" BEGIN
  DELETE FROM "missions_note" WHERE "table" = 'missions' AND "row" = '[' || CASE typeof(OLD."id") WHEN 'text' THEN '"' || replace(replace(OLD."id", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."id") END || ']';
END;

CREATE TRIGGER "_docrel_narrative_insert" AFTER INSERT ON "narrative" BEGIN
  DELETE FROM "missions_note" WHERE "table" = 'narrative' AND "row" = CAST(NEW."id" AS TEXT);
END;

CREATE TRIGGER "_docrel_narrative_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "narrative"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "missions_note" WHERE "table" = 'narrative' AND "row" = CAST(NEW."id" AS TEXT);
  UPDATE "missions_note" SET "row" = CAST(NEW."id" AS TEXT) WHERE "table" = 'narrative' AND "row" = CAST(OLD."id" AS TEXT);
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('narrative') AND seq < NEW."id";
END;

CREATE TRIGGER "_docrel_narrative_delete" AFTER DELETE ON "narrative" BEGIN
  DELETE FROM "missions_note" WHERE "table" = 'narrative' AND "row" = CAST(OLD."id" AS TEXT);
END;

CREATE TRIGGER "_docrel_narrative_move" AFTER UPDATE OF "mission_id" ON "narrative"
WHEN (OLD."mission_id") IS NOT (NEW."mission_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('narrative');
  UPDATE "missions_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('narrative'))
    WHERE "table" = 'narrative' AND "row" = CAST(NEW."id" AS TEXT);
  INSERT INTO "missions_note" ("table", "row", "rank")
    SELECT 'narrative', CAST(NEW."id" AS TEXT), (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('narrative'))
    WHERE NOT EXISTS (SELECT 1 FROM "missions_note" WHERE "table" = 'narrative' AND "row" = CAST(NEW."id" AS TEXT));
END;

PRAGMA user_version = 1;

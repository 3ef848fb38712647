PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);
INSERT INTO "_docrel" VALUES('format','3');
INSERT INTO "_docrel" VALUES('plan','{"is":"Plan","name":"mixed","version":1,"tables":[{"is":"Table","name":"mixed","columns":[{"is":"Column","name":"id","type":"integer","role":{"is":"Surrogate"},"origin":"mapping.yaml:6:7"},{"is":"Column","name":"k","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"k"}]]},"required":true,"unique":true,"origin":"mapping.yaml:6:7"},{"is":"Column","name":"v","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"v"}]]},"origin":"mapping.yaml:7:7"},{"is":"Column","name":"other","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"other"}]]},"origin":"mapping.yaml:8:7"},{"is":"Column","name":"like","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"other_like"}]]},"default":{"is":"Default","reads":[{"is":"Read","root":false,"path":[{"is":"Name","name":"other"}]}]},"origin":"mapping.yaml:9:7"},{"is":"Column","name":"set","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"set"}]]},"default":{"is":"Default","constant":7},"origin":"mapping.yaml:10:7"},{"is":"Column","name":"word","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"word"}]]},"default":{"is":"Default","constant":"7"},"origin":"mapping.yaml:11:7"},{"is":"Column","name":"flag","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"flag"}]]},"default":{"is":"Default","constant":true},"origin":"mapping.yaml:12:7"},{"is":"Column","name":"level","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"level"}]]},"one_of":["low","1",2,true],"origin":"mapping.yaml:13:7"},{"is":"Column","name":"named","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"named"}]]},"map":[["low",1],["high","2"],["yes",true]],"origin":"mapping.yaml:14:7"},{"is":"Column","name":"code","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"code"}]]},"unique":true,"origin":"mapping.yaml:15:7"},{"is":"Column","name":"above","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"above"}]]},"references":["mixed","code"],"origin":"mapping.yaml:16:7"}],"primary_key":["id"],"sources":[{"is":"Source","name":"each","parent":null,"each":[]}],"origin":"mapping.yaml:4:3"},{"is":"Table","name":"parts","columns":[{"is":"Column","name":"mixed_id","type":"integer","role":{"is":"ParentKey","table":"mixed","column":"id"},"required":true,"origin":"mapping.yaml:21:11"},{"is":"Column","name":"name","type":"text","role":{"is":"MemberKey"},"origin":"mapping.yaml:21:11"},{"is":"Column","name":"nr","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"nr"}]]},"required":true,"origin":"mapping.yaml:22:11"},{"is":"Column","name":"v","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"v"}]]},"origin":"mapping.yaml:23:11"}],"primary_key":["mixed_id","nr"],"sources":[{"is":"Source","name":"each","parent":"mixed","each":[{"is":"Name","name":"parts"},{"is":"Members"}]}],"parent":"mixed","origin":"mapping.yaml:18:7"},{"is":"Table","name":"bits","columns":[{"is":"Column","name":"id","type":"integer","role":{"is":"Surrogate"},"origin":"mapping.yaml:28:22"},{"is":"Column","name":"parts_mixed_id","type":"integer","role":{"is":"ParentKey","table":"parts","column":"mixed_id"},"required":true,"origin":"mapping.yaml:28:22"},{"is":"Column","name":"parts_nr","type":"scalar","role":{"is":"ParentKey","table":"parts","column":"nr"},"required":true,"origin":"mapping.yaml:28:22"},{"is":"Column","name":"bit","type":"text","role":{"is":"MemberKey"},"origin":"mapping.yaml:28:23"},{"is":"Column","name":"size","type":"scalar","role":{"is":"Value","paths":[[]]},"origin":"mapping.yaml:28:41"}],"primary_key":["id"],"sources":[{"is":"Source","name":"each","parent":"parts","each":[{"is":"Name","name":"bits"},{"is":"Members"}]}],"parent":"parts","origin":"mapping.yaml:26:11"},{"is":"Table","name":"from_two","columns":[{"is":"Column","name":"id","type":"integer","role":{"is":"Surrogate"},"origin":"mapping.yaml:33:18"},{"is":"Column","name":"mixed_id","type":"integer","role":{"is":"ParentKey","table":"mixed","column":"id"},"required":true,"origin":"mapping.yaml:33:18"},{"is":"Column","name":"kind","type":"scalar","role":{"is":"Unsourced"},"origin":"mapping.yaml:33:19"},{"is":"Column","name":"v","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"v"}]]},"origin":"mapping.yaml:33:58"}],"primary_key":["id"],"sources":[{"is":"Source","name":"one","parent":"mixed","each":[{"is":"Name","name":"one"},{"is":"Elements"}],"constants":[["kind",1]]},{"is":"Source","name":"two","parent":"mixed","each":[{"is":"Name","name":"two"},{"is":"Elements"}],"constants":[["kind","2"]]}],"parent":"mixed","origin":"mapping.yaml:29:7"}],"key":"k","constraints":"all"}');
INSERT INTO "_docrel" VALUES('checksum','557efa5a5168f9a55e8824c70a4b931ec51e0d98654583f2cd87b9ca9c316f8b');
CREATE TABLE "bits" (
  "id"             INTEGER PRIMARY KEY AUTOINCREMENT,
  "parts_mixed_id" INTEGER NOT NULL,
  "parts_nr"       TEXT    NOT NULL,
  "bit"            TEXT    NOT NULL,
  "size"           TEXT,
  UNIQUE ("parts_mixed_id", "parts_nr", "bit"),
  FOREIGN KEY ("parts_mixed_id", "parts_nr") REFERENCES "parts" ("mixed_id", "nr") ON DELETE CASCADE
) STRICT;
INSERT INTO "bits" VALUES(1,1,'1','1','1');
INSERT INTO "bits" VALUES(2,1,'1','true','true');
INSERT INTO "bits" VALUES(3,1,'2','a','1.5');
INSERT INTO "bits" VALUES(4,8,'9','z','1');
INSERT INTO "bits" VALUES(5,8,'9','y','1');
INSERT INTO "bits" VALUES(6,8,'8','z','1');
INSERT INTO "bits" VALUES(7,8,'8','y','1');
INSERT INTO "bits" VALUES(8,8,'8','a','true');
CREATE TABLE "from_two" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "mixed_id" INTEGER NOT NULL REFERENCES "mixed" ("id") ON DELETE CASCADE,
  "kind"     TEXT    NOT NULL CHECK ("kind" IN ('1', '2')),
  "v"        TEXT
) STRICT;
INSERT INTO "from_two" VALUES(1,1,'1','9.5');
INSERT INTO "from_two" VALUES(2,1,'2','9.5');
CREATE TABLE "mixed" (
  "id"    INTEGER PRIMARY KEY AUTOINCREMENT,
  "k"     TEXT    NOT NULL UNIQUE,
  "v"     TEXT,
  "other" TEXT,
  "like"  TEXT,
  "set"   TEXT    DEFAULT '7',
  "word"  TEXT    DEFAULT '7',
  "flag"  TEXT    DEFAULT 'true',
  "level" TEXT    CHECK ("level" IN ('low', '1', '2', 'true')),
  "named" TEXT,
  "code"  TEXT    UNIQUE,
  "above" TEXT    REFERENCES "mixed" ("code")
) STRICT;
INSERT INTO "mixed" VALUES(1,'1','10','5','5','7','7','true','1','1','9','9');
INSERT INTO "mixed" VALUES(2,'b','10','5','5','7','7','true','2','2','10','10');
INSERT INTO "mixed" VALUES(3,'2.5','9',NULL,NULL,'7','7','true','true','true','1',NULL);
INSERT INTO "mixed" VALUES(4,'3','18446744073709551615',NULL,NULL,'7','7','true','low','1','1.0',NULL);
INSERT INTO "mixed" VALUES(5,'4','false',NULL,NULL,'7','7','true',NULL,'2','x',NULL);
INSERT INTO "mixed" VALUES(6,'5','1.00000000000000000000001',NULL,NULL,'7','7','true',NULL,'true','true','true');
INSERT INTO "mixed" VALUES(7,'6',NULL,'true','true','7','7','true',NULL,NULL,NULL,NULL);
INSERT INTO "mixed" VALUES(8,'7','10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',NULL,NULL,'7','7','true',NULL,NULL,NULL,NULL);
INSERT INTO "mixed" VALUES(9,'8',NULL,NULL,NULL,'7','7','true',NULL,NULL,NULL,NULL);
CREATE TABLE "mixed_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;
INSERT INTO "mixed_note" VALUES('bits','2',NULL,NULL,'{"override":{"size":["true","true"]}}');
INSERT INTO "mixed_note" VALUES('bits','5',NULL,NULL,'{"override":{"size":["1","1"]}}');
INSERT INTO "mixed_note" VALUES('bits','7',NULL,NULL,'{"override":{"size":["1","1"]}}');
INSERT INTO "mixed_note" VALUES('from_two','2',NULL,NULL,'{"override":{"v":["9.5","9.5"]}}');
INSERT INTO "mixed_note" VALUES('mixed','1',NULL,X'9D00B30799D3E4BD39ADE40B600CF0F6','{"override":{"other":["5","5"],"word":["7","7"],"above":["9","9"]}}');
INSERT INTO "mixed_note" VALUES('mixed','2',NULL,X'99A16D5093B10CB19B91F785C04405C9','{"override":{"v":["10","10"],"like":["5","5"],"set":["7","7"],"flag":["true","true"],"level":["2","2"],"named":["2","high"],"code":["10","10"]}}');
INSERT INTO "mixed_note" VALUES('mixed','3',NULL,X'0D4F39DD979AB35A93C6F412E206EE88',NULL);
INSERT INTO "mixed_note" VALUES('mixed','4',NULL,NULL,'{"override":{"named":["1",1]}}');
INSERT INTO "mixed_note" VALUES('mixed','5',NULL,NULL,'{"override":{"named":["2","2"]}}');
INSERT INTO "mixed_note" VALUES('mixed','6',NULL,NULL,'{"override":{"named":["true",true],"code":["true","true"]}}');
INSERT INTO "mixed_note" VALUES('mixed','7',NULL,X'97102EC8ABE79540E0E3FACBDA5374C9','{"override":{"other":["true","true"]}}');
INSERT INTO "mixed_note" VALUES('mixed','8',NULL,NULL,'{"rest":{"x\ud800":"\u0000"}}');
INSERT INTO "mixed_note" VALUES('parts','[1, "1"]',NULL,NULL,'{"override":{"v":["1e2","1e2"]}}');
INSERT INTO "mixed_note" VALUES('parts','[1, "2"]',NULL,NULL,'{"override":{"nr":["2","2"]}}');
INSERT INTO "mixed_note" VALUES('parts','[8, "8"]',NULL,NULL,'{"override":{"nr":["8","8"]}}');
CREATE TABLE "mixed_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "mixed_shape" VALUES(X'0D4F39DD979AB35A93C6F412E206EE88','{"null":["above"]}');
INSERT INTO "mixed_shape" VALUES(X'97102EC8ABE79540E0E3FACBDA5374C9','{"null":["v"],"explicit":["like"]}');
INSERT INTO "mixed_shape" VALUES(X'99A16D5093B10CB19B91F785C04405C9','{"explicit":["like","set","word","flag"]}');
INSERT INTO "mixed_shape" VALUES(X'9D00B30799D3E4BD39ADE40B600CF0F6','{"explicit":["set","word","flag"]}');
CREATE TABLE "parts" (
  "mixed_id" INTEGER NOT NULL REFERENCES "mixed" ("id") ON DELETE CASCADE,
  "name"     TEXT    NOT NULL,
  "nr"       TEXT    NOT NULL,
  "v"        TEXT,
  PRIMARY KEY ("mixed_id", "nr"),
  UNIQUE ("mixed_id", "name")
) STRICT;
INSERT INTO "parts" VALUES(1,'7','1','1e2');
INSERT INTO "parts" VALUES(1,'x','2','true');
INSERT INTO "parts" VALUES(2,'y','1.0','-0.0');
INSERT INTO "parts" VALUES(8,'a','10',NULL);
INSERT INTO "parts" VALUES(8,'b','9',NULL);
INSERT INTO "parts" VALUES(8,'c','10x',NULL);
INSERT INTO "parts" VALUES(8,'d','8',NULL);
INSERT INTO "parts" VALUES(9,'a','10',NULL);
INSERT INTO "parts" VALUES(9,'b','9',NULL);
CREATE INDEX "from_two_mixed_id_idx" ON "from_two" ("mixed_id");
CREATE VIEW "mixed_complement" AS
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
SELECT r."k" AS "document", n."table", n."row", n."shape", n."body"
  FROM "mixed" AS r
  JOIN "mixed_note" AS n ON n."table" = 'mixed' AND n."row" = CAST(r."id" AS TEXT)
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."k" AS "document", n."table", n."row", n."shape", n."body"
  FROM "mixed" AS r JOIN "parts" AS t0 ON t0."mixed_id" = r."id"
  JOIN "mixed_note" AS n ON n."table" = 'parts' AND n."row" = '[' || quote(t0."mixed_id") || ', ' || CASE typeof(t0."nr") WHEN 'text' THEN '"' || replace(replace(t0."nr", '\', '\\'), '"', '\"') || '"' ELSE quote(t0."nr") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."k" AS "document", n."table", n."row", n."shape", n."body"
  FROM "mixed" AS r JOIN "parts" AS t0 ON t0."mixed_id" = r."id" JOIN "bits" AS t1 ON t1."parts_mixed_id" = t0."mixed_id" AND t1."parts_nr" = t0."nr"
  JOIN "mixed_note" AS n ON n."table" = 'bits' AND n."row" = CAST(t1."id" AS TEXT)
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."k" AS "document", n."table", n."row", n."shape", n."body"
  FROM "mixed" AS r JOIN "from_two" AS t0 ON t0."mixed_id" = r."id"
  JOIN "mixed_note" AS n ON n."table" = 'from_two' AND n."row" = CAST(t0."id" AS TEXT)
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
) AS noted;
CREATE TRIGGER "_docrel_mixed_insert" AFTER INSERT ON "mixed" BEGIN
  DELETE FROM "mixed_note" WHERE "table" = 'mixed' AND "row" = CAST(NEW."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_mixed_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "mixed"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "mixed_note" WHERE "table" = 'mixed' AND "row" = CAST(NEW."id" AS TEXT);
  UPDATE "mixed_note" SET "row" = CAST(NEW."id" AS TEXT) WHERE "table" = 'mixed' AND "row" = CAST(OLD."id" AS TEXT);
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('mixed') AND seq < NEW."id";
END;
CREATE TRIGGER "_docrel_mixed_delete" AFTER DELETE ON "mixed" BEGIN
  DELETE FROM "mixed_note" WHERE "table" = 'mixed' AND "row" = CAST(OLD."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_parts_insert" AFTER INSERT ON "parts" BEGIN
  DELETE FROM "mixed_note" WHERE "table" = 'parts' AND "row" = '[' || quote(NEW."mixed_id") || ', ' || CASE typeof(NEW."nr") WHEN 'text' THEN '"' || replace(replace(NEW."nr", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."nr") END || ']';
END;
CREATE TRIGGER "_docrel_parts_update" AFTER UPDATE OF "mixed_id", "nr" ON "parts"
WHEN (OLD."mixed_id", OLD."nr") IS NOT (NEW."mixed_id", NEW."nr") BEGIN
  DELETE FROM "mixed_note" WHERE "table" = 'parts' AND "row" = '[' || quote(NEW."mixed_id") || ', ' || CASE typeof(NEW."nr") WHEN 'text' THEN '"' || replace(replace(NEW."nr", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."nr") END || ']';
  UPDATE "mixed_note" SET "row" = '[' || quote(NEW."mixed_id") || ', ' || CASE typeof(NEW."nr") WHEN 'text' THEN '"' || replace(replace(NEW."nr", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."nr") END || ']' WHERE "table" = 'parts' AND "row" = '[' || quote(OLD."mixed_id") || ', ' || CASE typeof(OLD."nr") WHEN 'text' THEN '"' || replace(replace(OLD."nr", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."nr") END || ']';
END;
CREATE TRIGGER "_docrel_parts_delete" AFTER DELETE ON "parts" BEGIN
  DELETE FROM "mixed_note" WHERE "table" = 'parts' AND "row" = '[' || quote(OLD."mixed_id") || ', ' || CASE typeof(OLD."nr") WHEN 'text' THEN '"' || replace(replace(OLD."nr", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."nr") END || ']';
END;
CREATE TRIGGER "_docrel_bits_insert" AFTER INSERT ON "bits" BEGIN
  DELETE FROM "mixed_note" WHERE "table" = 'bits' AND "row" = CAST(NEW."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_bits_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "bits"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "mixed_note" WHERE "table" = 'bits' AND "row" = CAST(NEW."id" AS TEXT);
  UPDATE "mixed_note" SET "row" = CAST(NEW."id" AS TEXT) WHERE "table" = 'bits' AND "row" = CAST(OLD."id" AS TEXT);
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('bits') AND seq < NEW."id";
END;
CREATE TRIGGER "_docrel_bits_delete" AFTER DELETE ON "bits" BEGIN
  DELETE FROM "mixed_note" WHERE "table" = 'bits' AND "row" = CAST(OLD."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_bits_move" AFTER UPDATE OF "parts_mixed_id", "parts_nr" ON "bits"
WHEN (OLD."parts_mixed_id", OLD."parts_nr") IS NOT (NEW."parts_mixed_id", NEW."parts_nr") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('bits');
  UPDATE "mixed_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('bits'))
    WHERE "table" = 'bits' AND "row" = CAST(NEW."id" AS TEXT);
  INSERT INTO "mixed_note" ("table", "row", "rank")
    SELECT 'bits', CAST(NEW."id" AS TEXT), (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('bits'))
    WHERE NOT EXISTS (SELECT 1 FROM "mixed_note" WHERE "table" = 'bits' AND "row" = CAST(NEW."id" AS TEXT));
END;
CREATE TRIGGER "_docrel_from_two_insert" AFTER INSERT ON "from_two" BEGIN
  DELETE FROM "mixed_note" WHERE "table" = 'from_two' AND "row" = CAST(NEW."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_from_two_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "from_two"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "mixed_note" WHERE "table" = 'from_two' AND "row" = CAST(NEW."id" AS TEXT);
  UPDATE "mixed_note" SET "row" = CAST(NEW."id" AS TEXT) WHERE "table" = 'from_two' AND "row" = CAST(OLD."id" AS TEXT);
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('from_two') AND seq < NEW."id";
END;
CREATE TRIGGER "_docrel_from_two_delete" AFTER DELETE ON "from_two" BEGIN
  DELETE FROM "mixed_note" WHERE "table" = 'from_two' AND "row" = CAST(OLD."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_from_two_move" AFTER UPDATE OF "mixed_id" ON "from_two"
WHEN (OLD."mixed_id") IS NOT (NEW."mixed_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('from_two');
  UPDATE "mixed_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('from_two'))
    WHERE "table" = 'from_two' AND "row" = CAST(NEW."id" AS TEXT);
  INSERT INTO "mixed_note" ("table", "row", "rank")
    SELECT 'from_two', CAST(NEW."id" AS TEXT), (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('from_two'))
    WHERE NOT EXISTS (SELECT 1 FROM "mixed_note" WHERE "table" = 'from_two' AND "row" = CAST(NEW."id" AS TEXT));
END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('mixed',9);
INSERT INTO "sqlite_sequence" VALUES('bits',8);
INSERT INTO "sqlite_sequence" VALUES('from_two',2);
COMMIT;

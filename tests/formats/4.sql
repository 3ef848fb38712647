PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);
INSERT INTO "_docrel" VALUES('format','4');
INSERT INTO "_docrel" VALUES('plan','{"is":"Plan","name":"noted","version":2,"tables":[{"is":"Table","name":"t","columns":[{"is":"Column","name":"id","type":"integer","role":{"is":"Surrogate"},"origin":"mapping.yaml:7:7"},{"is":"Column","name":"k","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"k"}]]},"required":true,"unique":true,"origin":"mapping.yaml:7:7"},{"is":"Column","name":"num","type":"integer","role":{"is":"Value","paths":[[{"is":"Name","name":"num"}],[{"is":"Name","name":"other"},{"is":"Name","name":"num"}]]},"origin":"mapping.yaml:8:7"},{"is":"Column","name":"cost","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"cost"}]]},"origin":"mapping.yaml:9:7"},{"is":"Column","name":"words","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"words"}]]},"default":{"is":"Default","constant":"none"},"origin":"mapping.yaml:10:7"},{"is":"Column","name":"at","type":"timestamp","role":{"is":"Value","paths":[[{"is":"Name","name":"at"}]]},"origin":"mapping.yaml:11:7"},{"is":"Column","name":"price","type":"decimal","role":{"is":"Value","paths":[[{"is":"Name","name":"price"}]]},"origin":"mapping.yaml:12:7"},{"is":"Column","name":"mixed","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"mixed"}]]},"origin":"mapping.yaml:13:7"}],"primary_key":["id"],"sources":[{"is":"Source","name":"each","parent":null,"each":[]}],"indexes":[{"is":"IndexDefinition","name":"t_num","columns":["num"]}],"origin":"mapping.yaml:5:3"},{"is":"Table","name":"items","columns":[{"is":"Column","name":"id","type":"integer","role":{"is":"Surrogate"},"origin":"mapping.yaml:19:18"},{"is":"Column","name":"t_id","type":"integer","role":{"is":"ParentKey","table":"t","column":"id"},"required":true,"origin":"mapping.yaml:19:18"},{"is":"Column","name":"name","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"name"}]]},"required":true,"origin":"mapping.yaml:19:19"},{"is":"Column","name":"size","type":"integer","role":{"is":"Value","paths":[[{"is":"Name","name":"size"}]]},"origin":"mapping.yaml:19:43"}],"primary_key":["id"],"sources":[{"is":"Source","name":"each","parent":"t","each":[{"is":"Name","name":"items"},{"is":"Elements"}]}],"parent":"t","otherwise":"rest","origin":"mapping.yaml:16:7"},{"is":"Table","name":"members","columns":[{"is":"Column","name":"t_id","type":"integer","role":{"is":"ParentKey","table":"t","column":"id"},"required":true,"origin":"mapping.yaml:22:18"},{"is":"Column","name":"key","type":"text","role":{"is":"MemberKey"},"required":true,"origin":"mapping.yaml:22:19"},{"is":"Column","name":"v","type":"integer","role":{"is":"Value","paths":[[]]},"origin":"mapping.yaml:22:37"}],"primary_key":["t_id","key"],"sources":[{"is":"Source","name":"each","parent":"t","each":[{"is":"Name","name":"members"},{"is":"Members"}]}],"parent":"t","origin":"mapping.yaml:20:7"}],"key":"k","constraints":"all"}');
INSERT INTO "_docrel" VALUES('checksum','5db26c77dd190c3030f1520d892625cd2962693dd245c276ee5abe7c8bc2fd9e');
CREATE TABLE _docrel_history (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, direction TEXT NOT NULL, from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL, from_checksum TEXT NOT NULL, to_checksum TEXT NOT NULL,
  from_plan TEXT NOT NULL, to_plan TEXT NOT NULL, documents INTEGER NOT NULL, backup TEXT
);
INSERT INTO "_docrel_history" VALUES(1,'2026-11-30T14:13:30Z','up',1,2,'f41d5a7b74c1f8e14934506ba3adc653fce32b65fa92b704d359c0925749f201','5db26c77dd190c3030f1520d892625cd2962693dd245c276ee5abe7c8bc2fd9e','{"is":"Plan","name":"noted","version":1,"tables":[{"is":"Table","name":"t","columns":[{"is":"Column","name":"id","type":"integer","role":{"is":"Surrogate"},"origin":"mapping.yaml:7:7"},{"is":"Column","name":"k","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"k"}]]},"required":true,"unique":true,"origin":"mapping.yaml:7:7"},{"is":"Column","name":"num","type":"integer","role":{"is":"Value","paths":[[{"is":"Name","name":"num"}],[{"is":"Name","name":"other"},{"is":"Name","name":"num"}]]},"origin":"mapping.yaml:8:7"},{"is":"Column","name":"cost","type":"real","role":{"is":"Value","paths":[[{"is":"Name","name":"cost"}]]},"origin":"mapping.yaml:9:7"},{"is":"Column","name":"words","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"words"}]]},"default":{"is":"Default","constant":"none"},"origin":"mapping.yaml:10:7"},{"is":"Column","name":"at","type":"timestamp","role":{"is":"Value","paths":[[{"is":"Name","name":"at"}]]},"origin":"mapping.yaml:11:7"},{"is":"Column","name":"price","type":"decimal","role":{"is":"Value","paths":[[{"is":"Name","name":"price"}]]},"origin":"mapping.yaml:12:7"},{"is":"Column","name":"mixed","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"mixed"}]]},"origin":"mapping.yaml:13:7"}],"primary_key":["id"],"sources":[{"is":"Source","name":"each","parent":null,"each":[]}],"indexes":[{"is":"IndexDefinition","name":"t_num","columns":["num"]}],"origin":"mapping.yaml:5:3"},{"is":"Table","name":"items","columns":[{"is":"Column","name":"id","type":"integer","role":{"is":"Surrogate"},"origin":"mapping.yaml:19:18"},{"is":"Column","name":"t_id","type":"integer","role":{"is":"ParentKey","table":"t","column":"id"},"required":true,"origin":"mapping.yaml:19:18"},{"is":"Column","name":"name","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"name"}]]},"required":true,"origin":"mapping.yaml:19:19"},{"is":"Column","name":"size","type":"integer","role":{"is":"Value","paths":[[{"is":"Name","name":"size"}]]},"origin":"mapping.yaml:19:43"}],"primary_key":["id"],"sources":[{"is":"Source","name":"each","parent":"t","each":[{"is":"Name","name":"items"},{"is":"Elements"}]}],"parent":"t","otherwise":"rest","origin":"mapping.yaml:16:7"},{"is":"Table","name":"members","columns":[{"is":"Column","name":"t_id","type":"integer","role":{"is":"ParentKey","table":"t","column":"id"},"required":true,"origin":"mapping.yaml:22:18"},{"is":"Column","name":"key","type":"text","role":{"is":"MemberKey"},"required":true,"origin":"mapping.yaml:22:19"},{"is":"Column","name":"v","type":"integer","role":{"is":"Value","paths":[[]]},"origin":"mapping.yaml:22:37"}],"primary_key":["t_id","key"],"sources":[{"is":"Source","name":"each","parent":"t","each":[{"is":"Name","name":"members"},{"is":"Members"}]}],"parent":"t","origin":"mapping.yaml:20:7"}],"key":"k","constraints":"all"}','{"is":"Plan","name":"noted","version":2,"tables":[{"is":"Table","name":"t","columns":[{"is":"Column","name":"id","type":"integer","role":{"is":"Surrogate"},"origin":"mapping.yaml:7:7"},{"is":"Column","name":"k","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"k"}]]},"required":true,"unique":true,"origin":"mapping.yaml:7:7"},{"is":"Column","name":"num","type":"integer","role":{"is":"Value","paths":[[{"is":"Name","name":"num"}],[{"is":"Name","name":"other"},{"is":"Name","name":"num"}]]},"origin":"mapping.yaml:8:7"},{"is":"Column","name":"cost","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"cost"}]]},"origin":"mapping.yaml:9:7"},{"is":"Column","name":"words","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"words"}]]},"default":{"is":"Default","constant":"none"},"origin":"mapping.yaml:10:7"},{"is":"Column","name":"at","type":"timestamp","role":{"is":"Value","paths":[[{"is":"Name","name":"at"}]]},"origin":"mapping.yaml:11:7"},{"is":"Column","name":"price","type":"decimal","role":{"is":"Value","paths":[[{"is":"Name","name":"price"}]]},"origin":"mapping.yaml:12:7"},{"is":"Column","name":"mixed","type":"scalar","role":{"is":"Value","paths":[[{"is":"Name","name":"mixed"}]]},"origin":"mapping.yaml:13:7"}],"primary_key":["id"],"sources":[{"is":"Source","name":"each","parent":null,"each":[]}],"indexes":[{"is":"IndexDefinition","name":"t_num","columns":["num"]}],"origin":"mapping.yaml:5:3"},{"is":"Table","name":"items","columns":[{"is":"Column","name":"id","type":"integer","role":{"is":"Surrogate"},"origin":"mapping.yaml:19:18"},{"is":"Column","name":"t_id","type":"integer","role":{"is":"ParentKey","table":"t","column":"id"},"required":true,"origin":"mapping.yaml:19:18"},{"is":"Column","name":"name","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"name"}]]},"required":true,"origin":"mapping.yaml:19:19"},{"is":"Column","name":"size","type":"integer","role":{"is":"Value","paths":[[{"is":"Name","name":"size"}]]},"origin":"mapping.yaml:19:43"}],"primary_key":["id"],"sources":[{"is":"Source","name":"each","parent":"t","each":[{"is":"Name","name":"items"},{"is":"Elements"}]}],"parent":"t","otherwise":"rest","origin":"mapping.yaml:16:7"},{"is":"Table","name":"members","columns":[{"is":"Column","name":"t_id","type":"integer","role":{"is":"ParentKey","table":"t","column":"id"},"required":true,"origin":"mapping.yaml:22:18"},{"is":"Column","name":"key","type":"text","role":{"is":"MemberKey"},"required":true,"origin":"mapping.yaml:22:19"},{"is":"Column","name":"v","type":"integer","role":{"is":"Value","paths":[[]]},"origin":"mapping.yaml:22:37"}],"primary_key":["t_id","key"],"sources":[{"is":"Source","name":"each","parent":"t","each":[{"is":"Name","name":"members"},{"is":"Members"}]}],"parent":"t","origin":"mapping.yaml:20:7"}],"key":"k","constraints":"all"}',3,'/tmp/wt/scalar-fmt/backups/noted.db.000001-20261130T141330Z-migrate.db');
CREATE TABLE "items" (
  "id"   INTEGER PRIMARY KEY AUTOINCREMENT,
  "t_id" INTEGER NOT NULL REFERENCES "t" ("id") ON DELETE CASCADE,
  "name" TEXT    NOT NULL,
  "size" INTEGER
) STRICT;
INSERT INTO "items" VALUES(1,1,'a',NULL);
INSERT INTO "items" VALUES(2,1,'b',NULL);
INSERT INTO "items" VALUES(3,3,'c',NULL);
CREATE TABLE "members" (
  "t_id" INTEGER NOT NULL REFERENCES "t" ("id") ON DELETE CASCADE,
  "key"  TEXT    NOT NULL,
  "v"    INTEGER,
  PRIMARY KEY ("t_id", "key")
) STRICT;
INSERT INTO "members" VALUES(1,'x',1);
INSERT INTO "members" VALUES(1,'y',NULL);
INSERT INTO "members" VALUES(1,'z',NULL);
INSERT INTO "members" VALUES(2,'x',NULL);
CREATE TABLE "noted_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;
INSERT INTO "noted_note" VALUES('items','1',NULL,X'9E00E8BF70B28D9D55DC09B62A55FAE1',NULL);
INSERT INTO "noted_note" VALUES('items','2',NULL,NULL,'{"override":{"size":[null,1.5]},"rest":{"more":{"deep":[1]}}}');
INSERT INTO "noted_note" VALUES('members','[1, "y"]',NULL,NULL,'{"override":{"v":[null,"two"]}}');
INSERT INTO "noted_note" VALUES('members','[1, "z"]',NULL,X'A9D4513A7EADCD380C0BB455F18D4724',NULL);
INSERT INTO "noted_note" VALUES('members','[2, "x"]',NULL,NULL,'{"override":{"v":[null,"one"]}}');
INSERT INTO "noted_note" VALUES('t','1',NULL,X'87B844AAA0427A912D2CB99E40C92824','{"override":{"num":[null,"many"],"cost":["2",2]},"stray":[[["items"],[[1,5],[1,{"size":1}]]]],"rest":{"other":{"num":1},"odd":[1,{"a":null}]}}');
INSERT INTO "noted_note" VALUES('t','2',NULL,X'9D2799FE649F40821044E7C3BC754FFD','{"override":{"cost":["2",2],"price":[1.8446744073709552e+19,18446744073709551615]},"stray":[[["items"],[[null,3]]]]}');
INSERT INTO "noted_note" VALUES('t','3',NULL,X'55960B7F757026E7773293D7F67B42CC','{"override":{"cost":["1.5",1.5]},"rest":{"a\u0000b":-0.0}}');
CREATE TABLE "noted_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "noted_shape" VALUES(X'55960B7F757026E7773293D7F67B42CC','{"spelling":{"mixed":"boolean"},"order":[[[],["cost","k","num","items","members","a\u0000b","mixed"]]],"empty":[[["members"],{}]]}');
INSERT INTO "noted_shape" VALUES(X'87B844AAA0427A912D2CB99E40C92824','{"spelling":{"at":"Ts.3+0200","price":2},"explicit":["words"],"order":[[[],["odd","k","num","cost","words","other","items","members","at","price","mixed"]]]}');
INSERT INTO "noted_shape" VALUES(X'9D2799FE649F40821044E7C3BC754FFD','{"spelling":{"num":0,"price":"number"},"order":[[[],["k","num","cost","items","members","at","price","mixed"]]]}');
INSERT INTO "noted_shape" VALUES(X'9E00E8BF70B28D9D55DC09B62A55FAE1','{"null":["size"]}');
INSERT INTO "noted_shape" VALUES(X'A9D4513A7EADCD380C0BB455F18D4724','{"null":["v"]}');
CREATE TABLE "t" (
  "id"    INTEGER PRIMARY KEY AUTOINCREMENT,
  "k"     TEXT    NOT NULL UNIQUE,
  "num"   INTEGER,
  "cost"  TEXT,
  "words" TEXT    DEFAULT 'none',
  "at"    TEXT    CHECK ("at" GLOB '[0-9]*' AND "at" > '0001' AND substr("at", 1, 19) IS strftime('%Y-%m-%dT%H:%M:%S', substr("at", 1, 19), '+0 days') AND substr("at", 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]Z'),
  "price" ANY     CHECK ("price" < 9e999 AND "price" > -9e999),
  "mixed" ANY     CHECK (typeof("mixed") <> 'blob' AND "mixed" NOT IN (9e999, -9e999))
) STRICT;
INSERT INTO "t" VALUES(1,'d',NULL,'2','none','2025-11-23T08:00:00.000000000Z',9.5,'10');
INSERT INTO "t" VALUES(2,'plain',7,'2','none','2025-11-23T10:00:00.000000000Z',1.84467440737095516156e+19,10);
INSERT INTO "t" VALUES(3,'simple',3,'1.5','none',NULL,NULL,'true');
CREATE INDEX "items_t_id_idx" ON "items" ("t_id");
CREATE INDEX "t_num" ON "t" ("num");
CREATE VIEW "noted_complement" AS
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
  FROM "t" AS r
  JOIN "noted_note" AS n ON n."table" = 't' AND n."row" = CAST(r."id" AS TEXT)
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."k" AS "document", n."table", n."row", n."shape", n."body"
  FROM "t" AS r JOIN "items" AS t0 ON t0."t_id" = r."id"
  JOIN "noted_note" AS n ON n."table" = 'items' AND n."row" = CAST(t0."id" AS TEXT)
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."k" AS "document", n."table", n."row", n."shape", n."body"
  FROM "t" AS r JOIN "members" AS t0 ON t0."t_id" = r."id"
  JOIN "noted_note" AS n ON n."table" = 'members' AND n."row" = '[' || quote(t0."t_id") || ', ' || CASE typeof(t0."key") WHEN 'text' THEN '"' || replace(replace(t0."key", '\', '\\'), '"', '\"') || '"' ELSE quote(t0."key") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
) AS noted;
CREATE TRIGGER "_docrel_t_insert" AFTER INSERT ON "t" BEGIN
  DELETE FROM "noted_note" WHERE "table" = 't' AND "row" = CAST(NEW."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_t_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "t"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "noted_note" WHERE "table" = 't' AND "row" = CAST(NEW."id" AS TEXT);
  UPDATE "noted_note" SET "row" = CAST(NEW."id" AS TEXT) WHERE "table" = 't' AND "row" = CAST(OLD."id" AS TEXT);
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('t') AND seq < NEW."id";
END;
CREATE TRIGGER "_docrel_t_delete" AFTER DELETE ON "t" BEGIN
  DELETE FROM "noted_note" WHERE "table" = 't' AND "row" = CAST(OLD."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_items_insert" AFTER INSERT ON "items" BEGIN
  DELETE FROM "noted_note" WHERE "table" = 'items' AND "row" = CAST(NEW."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_items_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "items"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "noted_note" WHERE "table" = 'items' AND "row" = CAST(NEW."id" AS TEXT);
  UPDATE "noted_note" SET "row" = CAST(NEW."id" AS TEXT) WHERE "table" = 'items' AND "row" = CAST(OLD."id" AS TEXT);
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('items') AND seq < NEW."id";
END;
CREATE TRIGGER "_docrel_items_delete" AFTER DELETE ON "items" BEGIN
  DELETE FROM "noted_note" WHERE "table" = 'items' AND "row" = CAST(OLD."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_items_move" AFTER UPDATE OF "t_id" ON "items"
WHEN (OLD."t_id") IS NOT (NEW."t_id") BEGIN
  UPDATE sqlite_sequence SET seq = seq + 1 WHERE name IN ('items');
  UPDATE "noted_note" SET "rank" = (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('items'))
    WHERE "table" = 'items' AND "row" = CAST(NEW."id" AS TEXT);
  INSERT INTO "noted_note" ("table", "row", "rank")
    SELECT 'items', CAST(NEW."id" AS TEXT), (SELECT max(seq) FROM sqlite_sequence WHERE name IN ('items'))
    WHERE NOT EXISTS (SELECT 1 FROM "noted_note" WHERE "table" = 'items' AND "row" = CAST(NEW."id" AS TEXT));
END;
CREATE TRIGGER "_docrel_members_insert" AFTER INSERT ON "members" BEGIN
  DELETE FROM "noted_note" WHERE "table" = 'members' AND "row" = '[' || quote(NEW."t_id") || ', ' || CASE typeof(NEW."key") WHEN 'text' THEN '"' || replace(replace(NEW."key", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."key") END || ']';
END;
CREATE TRIGGER "_docrel_members_update" AFTER UPDATE OF "t_id", "key" ON "members"
WHEN (OLD."t_id", OLD."key") IS NOT (NEW."t_id", NEW."key") BEGIN
  DELETE FROM "noted_note" WHERE "table" = 'members' AND "row" = '[' || quote(NEW."t_id") || ', ' || CASE typeof(NEW."key") WHEN 'text' THEN '"' || replace(replace(NEW."key", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."key") END || ']';
  UPDATE "noted_note" SET "row" = '[' || quote(NEW."t_id") || ', ' || CASE typeof(NEW."key") WHEN 'text' THEN '"' || replace(replace(NEW."key", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."key") END || ']' WHERE "table" = 'members' AND "row" = '[' || quote(OLD."t_id") || ', ' || CASE typeof(OLD."key") WHEN 'text' THEN '"' || replace(replace(OLD."key", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."key") END || ']';
END;
CREATE TRIGGER "_docrel_members_delete" AFTER DELETE ON "members" BEGIN
  DELETE FROM "noted_note" WHERE "table" = 'members' AND "row" = '[' || quote(OLD."t_id") || ', ' || CASE typeof(OLD."key") WHEN 'text' THEN '"' || replace(replace(OLD."key", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."key") END || ']';
END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('items',3);
INSERT INTO "sqlite_sequence" VALUES('t',3);
COMMIT;

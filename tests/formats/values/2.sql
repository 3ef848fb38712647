PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "sales" (
  "id"     INTEGER PRIMARY KEY AUTOINCREMENT,
  "k"      TEXT    NOT NULL UNIQUE,
  "at"     TEXT    CHECK ("at" GLOB '[0-9]*' AND "at" > '0001' AND ("at" IS strftime('%Y-%m-%dT%H:%M:%SZ', "at", '+0 days') OR substr("at", 1, 19) IS strftime('%Y-%m-%dT%H:%M:%S', substr("at", 1, 19), '+0 days') AND substr("at", 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND substr("at", 20) <> '.000000Z')),
  "until"  TEXT    CHECK ("until" GLOB '[0-9]*' AND "until" > '0001' AND ("until" IS strftime('%Y-%m-%dT%H:%M:%SZ', "until", '+0 days') OR substr("until", 1, 19) IS strftime('%Y-%m-%dT%H:%M:%S', substr("until", 1, 19), '+0 days') AND substr("until", 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND substr("until", 20) <> '.000000Z')),
  "due"    TEXT    DEFAULT '2030-01-01T00:00:00Z' CHECK ("due" GLOB '[0-9]*' AND "due" > '0001' AND ("due" IS strftime('%Y-%m-%dT%H:%M:%SZ', "due", '+0 days') OR substr("due", 1, 19) IS strftime('%Y-%m-%dT%H:%M:%S', substr("due", 1, 19), '+0 days') AND substr("due", 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND substr("due", 20) <> '.000000Z')),
  "price"  TEXT    CHECK (CAST("price" AS REAL) >= 0) CHECK ("price" GLOB '*[0-9]' AND "price" NOT GLOB '*[^-.0-9]*' AND "price" NOT GLOB '?*-*' AND "price" NOT GLOB '*.*.*' AND ltrim("price", '-') GLOB '[0-9]*' AND ltrim("price", '-') NOT GLOB '0[0-9]*'),
  "qty"    INTEGER CHECK ("qty" <= 100),
  "weight" REAL    CHECK ("weight" < 9e999 AND "weight" > -9e999),
  "once"   INTEGER UNIQUE
) STRICT;
INSERT INTO sales VALUES(1,'a','2025-11-23T10:00:00Z','2025-11-23T10:00:00.500000Z','2030-01-01T00:00:00Z','1.50',NULL,NULL,NULL);
INSERT INTO sales VALUES(2,'b',NULL,'2026-11-30T11:15:08Z','2030-01-01T00:00:00Z','12345678901234567890.123',NULL,NULL,1);
INSERT INTO sales VALUES(3,'c','2025-11-23T10:00:00Z',NULL,'2031-01-01T00:00:00.250000Z','2',7,7.0,NULL);
CREATE TABLE IF NOT EXISTS "lines" (
  "id"       INTEGER PRIMARY KEY AUTOINCREMENT,
  "sales_id" INTEGER NOT NULL REFERENCES "sales" ("id") ON DELETE CASCADE,
  "name"     TEXT,
  "at"       TEXT    NOT NULL CHECK ("at" GLOB '[0-9]*' AND "at" > '0001' AND ("at" IS strftime('%Y-%m-%dT%H:%M:%SZ', "at", '+0 days') OR substr("at", 1, 19) IS strftime('%Y-%m-%dT%H:%M:%S', substr("at", 1, 19), '+0 days') AND substr("at", 20) GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]Z' AND substr("at", 20) <> '.000000Z')),
  "cost"     TEXT    CHECK ("cost" GLOB '*[0-9]' AND "cost" NOT GLOB '*[^-.0-9]*' AND "cost" NOT GLOB '?*-*' AND "cost" NOT GLOB '*.*.*' AND ltrim("cost", '-') GLOB '[0-9]*' AND ltrim("cost", '-') NOT GLOB '0[0-9]*')
) STRICT;
INSERT INTO lines VALUES(1,1,'x','2025-11-23T10:00:00.120000Z','1000');
INSERT INTO lines VALUES(2,1,'y','2025-11-23T09:00:00Z','0.1');
CREATE TABLE IF NOT EXISTS "rates" (
  "sales_id" INTEGER NOT NULL REFERENCES "sales" ("id") ON DELETE CASCADE,
  "code"     TEXT    NOT NULL,
  "rate"     TEXT    NOT NULL CHECK ("rate" GLOB '*[0-9]' AND "rate" NOT GLOB '*[^-.0-9]*' AND "rate" NOT GLOB '?*-*' AND "rate" NOT GLOB '*.*.*' AND ltrim("rate", '-') GLOB '[0-9]*' AND ltrim("rate", '-') NOT GLOB '0[0-9]*'),
  PRIMARY KEY ("sales_id", "rate"),
  UNIQUE ("sales_id", "code")
) STRICT;
INSERT INTO rates VALUES(1,'EUR','1.10');
INSERT INTO rates VALUES(1,'USD','2');
CREATE TABLE IF NOT EXISTS "sales_note" (
  "table" TEXT NOT NULL,
  "row"   TEXT NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;
INSERT INTO sales_note VALUES('lines','1',NULL,NULL,'{"override":{"cost":["1000","1e3"]}}');
INSERT INTO sales_note VALUES('lines','2',NULL,NULL,'{"override":{"at":["2025-11-23T09:00:00Z","2025-11-23T10:00:00+01:00"],"cost":["0.1",0.1]}}');
INSERT INTO sales_note VALUES('sales','1',NULL,X'118fcd583da59b377e05978811a57387','{"override":{"until":["2025-11-23T10:00:00.500000Z","2025-11-23T10:00:00.5Z"],"qty":[null,"7"],"weight":[null,"9.50"],"once":[null,"1"]}}');
INSERT INTO sales_note VALUES('sales','2',NULL,X'8cabf1d64dd2daaf441e67a0cf05b6cd','{"override":{"at":[null,"2025-11-23T10:00:00+0200"],"qty":[null,"101"],"weight":[null,"a lot"]},"clock":{"until":["2026-11-30T11:15:08Z"]},"rest":{"extra":1}}');
INSERT INTO sales_note VALUES('sales','3',NULL,X'2fe3071a70e29b5bdc589624a5887a9d','{"override":{"at":["2025-11-23T10:00:00Z","2025-11-23 10:00"],"price":["2",2]}}');
CREATE TABLE IF NOT EXISTS "sales_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO sales_shape VALUES(X'118fcd583da59b377e05978811a57387','{"explicit":["due"]}');
INSERT INTO sales_shape VALUES(X'2fe3071a70e29b5bdc589624a5887a9d','{"integer":["weight"]}');
INSERT INTO sales_shape VALUES(X'8cabf1d64dd2daaf441e67a0cf05b6cd','{"empty":[[["lines"],[]]]}');
CREATE TABLE IF NOT EXISTS "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);
INSERT INTO _docrel VALUES('format','2');
INSERT INTO _docrel VALUES('plan','{"is":"Plan","name":"sales","version":1,"tables":[{"is":"Table","name":"sales","columns":[{"is":"Column","name":"id","type":"integer","role":{"is":"Surrogate"},"origin":"m.yaml:5:7"},{"is":"Column","name":"k","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"k"}]]},"required":true,"unique":true,"origin":"m.yaml:5:7"},{"is":"Column","name":"at","type":"timestamp","role":{"is":"Value","paths":[[{"is":"Name","name":"at"}]]},"origin":"m.yaml:6:7"},{"is":"Column","name":"until","type":"timestamp","role":{"is":"Value","paths":[[{"is":"Name","name":"until"}]]},"default":{"is":"Default","now":true},"origin":"m.yaml:7:7"},{"is":"Column","name":"due","type":"timestamp","role":{"is":"Value","paths":[[{"is":"Name","name":"due"}]]},"default":{"is":"Default","constant":"2030-01-01T00:00:00Z"},"origin":"m.yaml:8:7"},{"is":"Column","name":"price","type":"decimal","role":{"is":"Value","paths":[[{"is":"Name","name":"price"}]]},"minimum":0,"origin":"m.yaml:9:7"},{"is":"Column","name":"qty","type":"integer","role":{"is":"Value","paths":[[{"is":"Name","name":"qty"}]]},"maximum":100,"origin":"m.yaml:10:7"},{"is":"Column","name":"weight","type":"real","role":{"is":"Value","paths":[[{"is":"Name","name":"weight"}]]},"origin":"m.yaml:11:7"},{"is":"Column","name":"once","type":"integer","role":{"is":"Value","paths":[[{"is":"Name","name":"once"}]]},"unique":true,"origin":"m.yaml:12:7"}],"primary_key":["id"],"sources":[{"is":"Source","name":"each","parent":null,"each":[]}],"indexes":[{"is":"IndexDefinition","name":"sales_at","columns":["at"]}],"origin":"m.yaml:3:3"},{"is":"Table","name":"lines","columns":[{"is":"Column","name":"id","type":"integer","role":{"is":"Surrogate"},"origin":"m.yaml:17:11"},{"is":"Column","name":"sales_id","type":"integer","role":{"is":"ParentKey","table":"sales","column":"id"},"required":true,"origin":"m.yaml:17:11"},{"is":"Column","name":"name","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"name"}]]},"origin":"m.yaml:17:11"},{"is":"Column","name":"at","type":"timestamp","role":{"is":"Value","paths":[[{"is":"Name","name":"at"}]]},"required":true,"origin":"m.yaml:18:11"},{"is":"Column","name":"cost","type":"decimal","role":{"is":"Value","paths":[[{"is":"Name","name":"cost"}]]},"origin":"m.yaml:19:11"}],"primary_key":["id"],"sources":[{"is":"Source","name":"each","parent":"sales","each":[{"is":"Name","name":"lines"},{"is":"Elements"}]}],"parent":"sales","origin":"m.yaml:14:7"},{"is":"Table","name":"rates","columns":[{"is":"Column","name":"sales_id","type":"integer","role":{"is":"ParentKey","table":"sales","column":"id"},"required":true,"origin":"m.yaml:22:18"},{"is":"Column","name":"code","type":"text","role":{"is":"MemberKey"},"origin":"m.yaml:22:19"},{"is":"Column","name":"rate","type":"decimal","role":{"is":"Value","paths":[[{"is":"Name","name":"rate"}]]},"required":true,"origin":"m.yaml:22:38"}],"primary_key":["sales_id","rate"],"sources":[{"is":"Source","name":"each","parent":"sales","each":[{"is":"Name","name":"rates"},{"is":"Members"}]}],"parent":"sales","origin":"m.yaml:20:7"}],"key":"k","constraints":"all"}');
INSERT INTO _docrel VALUES('checksum','9c210b9cbc79bec5f02c074088386d1fc92a7e54b5554515a5bf3a0865a4465d');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('sales',3);
INSERT INTO sqlite_sequence VALUES('lines',2);
CREATE VIEW "sales_complement" AS
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
  FROM "sales" AS r
  JOIN "sales_note" AS n ON n."table" = 'sales' AND n."row" = CAST(r."id" AS TEXT)
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."k" AS "document", n."table", n."row", n."shape", n."body"
  FROM "sales" AS r JOIN "lines" AS t0 ON t0."sales_id" = r."id"
  JOIN "sales_note" AS n ON n."table" = 'lines' AND n."row" = CAST(t0."id" AS TEXT)
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
UNION ALL
SELECT r."k" AS "document", n."table", n."row", n."shape", n."body"
  FROM "sales" AS r JOIN "rates" AS t0 ON t0."sales_id" = r."id"
  JOIN "sales_note" AS n ON n."table" = 'rates' AND n."row" = '[' || quote(t0."sales_id") || ', ' || CASE typeof(t0."rate") WHEN 'text' THEN '"' || replace(replace(t0."rate", '\', '\\'), '"', '\"') || '"' ELSE quote(t0."rate") END || ']'
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL
) AS noted;
CREATE TRIGGER "_docrel_sales_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "sales"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "sales_note" WHERE "table" = 'sales' AND "row" = CAST(NEW."id" AS TEXT);
  UPDATE "sales_note" SET "row" = CAST(NEW."id" AS TEXT) WHERE "table" = 'sales' AND "row" = CAST(OLD."id" AS TEXT);
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('sales') AND seq < NEW."id";
END;
CREATE TRIGGER "_docrel_sales_delete" AFTER DELETE ON "sales" BEGIN
  DELETE FROM "sales_note" WHERE "table" = 'sales' AND "row" = CAST(OLD."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_lines_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "lines"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "sales_note" WHERE "table" = 'lines' AND "row" = CAST(NEW."id" AS TEXT);
  UPDATE "sales_note" SET "row" = CAST(NEW."id" AS TEXT) WHERE "table" = 'lines' AND "row" = CAST(OLD."id" AS TEXT);
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('lines') AND seq < NEW."id";
END;
CREATE TRIGGER "_docrel_lines_delete" AFTER DELETE ON "lines" BEGIN
  DELETE FROM "sales_note" WHERE "table" = 'lines' AND "row" = CAST(OLD."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_rates_update" AFTER UPDATE OF "sales_id", "rate" ON "rates"
WHEN (OLD."sales_id", OLD."rate") IS NOT (NEW."sales_id", NEW."rate") BEGIN
  DELETE FROM "sales_note" WHERE "table" = 'rates' AND "row" = '[' || quote(NEW."sales_id") || ', ' || CASE typeof(NEW."rate") WHEN 'text' THEN '"' || replace(replace(NEW."rate", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."rate") END || ']';
  UPDATE "sales_note" SET "row" = '[' || quote(NEW."sales_id") || ', ' || CASE typeof(NEW."rate") WHEN 'text' THEN '"' || replace(replace(NEW."rate", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."rate") END || ']' WHERE "table" = 'rates' AND "row" = '[' || quote(OLD."sales_id") || ', ' || CASE typeof(OLD."rate") WHEN 'text' THEN '"' || replace(replace(OLD."rate", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."rate") END || ']';
END;
CREATE TRIGGER "_docrel_rates_delete" AFTER DELETE ON "rates" BEGIN
  DELETE FROM "sales_note" WHERE "table" = 'rates' AND "row" = '[' || quote(OLD."sales_id") || ', ' || CASE typeof(OLD."rate") WHEN 'text' THEN '"' || replace(replace(OLD."rate", '\', '\\'), '"', '\"') || '"' ELSE quote(OLD."rate") END || ']';
END;
CREATE INDEX "sales_at" ON "sales" ("at");
CREATE INDEX "lines_sales_id_idx" ON "lines" ("sales_id");
CREATE TRIGGER "_docrel_sales_insert" AFTER INSERT ON "sales" BEGIN
  DELETE FROM "sales_note" WHERE "table" = 'sales' AND "row" = CAST(NEW."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_lines_insert" AFTER INSERT ON "lines" BEGIN
  DELETE FROM "sales_note" WHERE "table" = 'lines' AND "row" = CAST(NEW."id" AS TEXT);
END;
CREATE TRIGGER "_docrel_rates_insert" AFTER INSERT ON "rates" BEGIN
  DELETE FROM "sales_note" WHERE "table" = 'rates' AND "row" = '[' || quote(NEW."sales_id") || ', ' || CASE typeof(NEW."rate") WHEN 'text' THEN '"' || replace(replace(NEW."rate", '\', '\\'), '"', '\"') || '"' ELSE quote(NEW."rate") END || ']';
END;
CREATE INDEX mine ON lines (at);
COMMIT;

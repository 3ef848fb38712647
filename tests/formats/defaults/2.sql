PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE "_docrel" (
  "name"  TEXT NOT NULL PRIMARY KEY,
  "value" TEXT
);
INSERT INTO "_docrel" VALUES('format','2');
INSERT INTO "_docrel" VALUES('plan','{"is":"Plan","name":"defaults","version":1,"tables":[{"is":"Table","name":"t","columns":[{"is":"Column","name":"id","type":"integer","role":{"is":"Surrogate"},"origin":"fd.yaml:8:7"},{"is":"Column","name":"k","type":"text","role":{"is":"Value","paths":[[{"is":"Name","name":"k"}]]},"required":true,"unique":true,"origin":"fd.yaml:8:7"},{"is":"Column","name":"num","type":"integer","role":{"is":"Value","paths":[[{"is":"Name","name":"num"}]]},"default":{"is":"Default","constant":5},"origin":"fd.yaml:9:7"},{"is":"Column","name":"d","type":"decimal","role":{"is":"Value","paths":[[{"is":"Name","name":"d"}]]},"default":{"is":"Default","constant":5},"origin":"fd.yaml:10:7"},{"is":"Column","name":"c","type":"integer","role":{"is":"Value","paths":[[{"is":"Name","name":"c"}]]},"default":{"is":"Default","cases":[{"is":"Case","conditions":[[{"is":"Read","root":false,"path":[{"is":"Name","name":"q"}]},["x"]]],"then":7}],"constant":4},"origin":"fd.yaml:11:7"}],"primary_key":["id"],"sources":[{"is":"Source","name":"each","parent":null,"each":[]}],"origin":"fd.yaml:5:3"}],"key":"k","constraints":"all"}');
INSERT INTO "_docrel" VALUES('checksum','2bdd22fcd3dcb9e42bf911350f377db9da0e2eb148a374d958bc3e50779e1731');
CREATE TABLE "defaults_note" (
  "table" TEXT    NOT NULL,
  "row"   INTEGER NOT NULL,
  "rank"  REAL,
  "shape" BLOB,
  "body"  TEXT,
  PRIMARY KEY ("table", "row")
) WITHOUT ROWID;
INSERT INTO "defaults_note" VALUES('t',2,NULL,X'81E3416D87841B30C7B26C5A64E72B2C',NULL);
INSERT INTO "defaults_note" VALUES('t',3,NULL,NULL,'{"override":{"num":[null,"5"],"c":[null,"4"]}}');
INSERT INTO "defaults_note" VALUES('t',4,NULL,NULL,'{"override":{"num":[null,"5.0"]}}');
INSERT INTO "defaults_note" VALUES('t',5,NULL,X'3F6A8ED7D63F42CE9028777527D7DFB8','{"override":{"d":["5",5]}}');
INSERT INTO "defaults_note" VALUES('t',6,NULL,X'CF8C6AB40113F7A27896FFB003953561','{"override":{"c":[null,"7"]},"rest":{"q":"x"}}');
INSERT INTO "defaults_note" VALUES('t',7,NULL,X'CA3A700AA62E934B9B708E87B64C0595','{"override":{"num":[null,"6"],"c":[null,"4"]},"rest":{"q":"x"}}');
INSERT INTO "defaults_note" VALUES('t',8,NULL,NULL,'{"override":{"d":["10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000","1e400"]}}');
CREATE TABLE "defaults_shape" (
  "id"   BLOB NOT NULL PRIMARY KEY,
  "body" TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "defaults_shape" VALUES(X'3F6A8ED7D63F42CE9028777527D7DFB8','{"explicit":["d"]}');
INSERT INTO "defaults_shape" VALUES(X'81E3416D87841B30C7B26C5A64E72B2C','{"explicit":["num","d","c"]}');
INSERT INTO "defaults_shape" VALUES(X'CA3A700AA62E934B9B708E87B64C0595','{"order":[[[],["k","q","num","d","c"]]]}');
INSERT INTO "defaults_shape" VALUES(X'CF8C6AB40113F7A27896FFB003953561','{"order":[[[],["k","q","c"]]]}');
CREATE TABLE "t" (
  "id"  INTEGER PRIMARY KEY AUTOINCREMENT,
  "k"   TEXT    NOT NULL UNIQUE,
  "num" INTEGER DEFAULT 5,
  "d"   TEXT    DEFAULT '5' CHECK ("d" GLOB '*[0-9]' AND "d" NOT GLOB '*[^-.0-9]*' AND "d" NOT GLOB '?*-*' AND "d" NOT GLOB '*.*.*' AND ltrim("d", '-') GLOB '[0-9]*' AND ltrim("d", '-') NOT GLOB '0[0-9]*'),
  "c"   INTEGER
) STRICT;
INSERT INTO "t" VALUES(1,'silent',5,'5',4);
INSERT INTO "t" VALUES(2,'plain',5,'5',4);
INSERT INTO "t" VALUES(3,'text',NULL,'5',NULL);
INSERT INTO "t" VALUES(4,'fraction',NULL,'5.0',4);
INSERT INTO "t" VALUES(5,'number',5,'5',4);
INSERT INTO "t" VALUES(6,'case',5,'5',NULL);
INSERT INTO "t" VALUES(7,'other',NULL,'6.00',NULL);
INSERT INTO "t" VALUES(8,'beyond',5,'10000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',4);
INSERT INTO "t" VALUES(9,'null',NULL,NULL,4);
CREATE VIEW "defaults_complement" AS
SELECT r."k" AS "document", n."table", n."row", n."shape", n."body"
  FROM "t" AS r
  JOIN "defaults_note" AS n ON n."table" = 't' AND n."row" = r."id"
  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL;
CREATE TRIGGER "_docrel_t_insert" AFTER INSERT ON "t" BEGIN
  DELETE FROM "defaults_note" WHERE "table" = 't' AND "row" = NEW."id";
END;
CREATE TRIGGER "_docrel_t_update" AFTER UPDATE OF "id", "rowid", "_rowid_", "oid" ON "t"
WHEN (OLD."id") IS NOT (NEW."id") BEGIN
  DELETE FROM "defaults_note" WHERE "table" = 't' AND "row" = NEW."id";
  UPDATE "defaults_note" SET "row" = NEW."id" WHERE "table" = 't' AND "row" = OLD."id";
  UPDATE sqlite_sequence SET seq = NEW."id" WHERE name IN ('t') AND seq < NEW."id";
END;
CREATE TRIGGER "_docrel_t_delete" AFTER DELETE ON "t" BEGIN
  DELETE FROM "defaults_note" WHERE "table" = 't' AND "row" = OLD."id";
END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('t',9);
COMMIT;

UPDATE "a.b" SET "select" = 'x', "empty key" = 'y';
UPDATE "from" SET "group" = '9' WHERE "key" = 'it''s';

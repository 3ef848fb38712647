UPDATE parts SET status = 'new' WHERE part = 'a';
UPDATE features SET url = '/y';
INSERT INTO parts (feature_id, part, status) SELECT id, 'e', 'ok' FROM features;

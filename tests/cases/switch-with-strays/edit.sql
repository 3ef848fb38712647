INSERT INTO towns (bundle_id, name) SELECT id, 'Rom' FROM bundles;
DELETE FROM people WHERE name = 'Ada';

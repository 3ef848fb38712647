INSERT INTO people (bundle_id, place, name) SELECT id, 3, 'Cy' FROM bundles;

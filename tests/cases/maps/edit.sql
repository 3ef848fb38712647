UPDATE packages SET name = 'right-pad' WHERE name = 'left-pad';
DELETE FROM packages WHERE name = 'a.b';
INSERT INTO packages (lockfile_id, name, version) SELECT id, 'new', '1' FROM lockfiles;

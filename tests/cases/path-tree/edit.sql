UPDATE artifacts SET name = 'site' WHERE name = 'web';
INSERT INTO artifacts (project_id, kind, name, path) SELECT id, 'code', 'lib.io', 'src/lib/io' FROM projects;

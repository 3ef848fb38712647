UPDATE manifests SET api = 'v1', size = 3 WHERE name = 'other';
UPDATE manifests SET api = 'v3', size = 4 WHERE name IN ('silent', 'null');
INSERT INTO manifests (name, api, size) VALUES ('new', 'v1', 3);

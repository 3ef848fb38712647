UPDATE variables SET value = '/usr/bin' WHERE name = 'PATH';
INSERT INTO variables (host_id, name, value) SELECT id, 'LANG', 'C' FROM hosts;

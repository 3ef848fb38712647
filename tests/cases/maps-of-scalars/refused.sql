INSERT INTO variables (host_id, name) SELECT id, 'PATH' FROM hosts;

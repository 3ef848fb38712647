UPDATE files SET name = 'hosts.old' WHERE name = 'hosts';
INSERT INTO files (disk_id, parent_file_id, name, size) SELECT disk_id, id, 'a.pem', 9 FROM files WHERE name = 'ssl';

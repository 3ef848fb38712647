UPDATE components SET version = '2' WHERE name = 'sub';

UPDATE flags SET enabled = 1 WHERE flag = 'old';
UPDATE browsers SET browser = 'edge' WHERE browser = 'ie';
DELETE FROM versions WHERE version = '10';

UPDATE things SET i = 7;
UPDATE things SET t = 'edited' WHERE id IN ('absent', 'null', 'numbers', 'big');

UPDATE accounts SET share = 1 WHERE name = 'a';

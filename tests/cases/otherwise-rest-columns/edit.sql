UPDATE accounts SET kind = 'paid' WHERE name IN ('a', 'b');
UPDATE accounts SET share = 0.25 WHERE name = 'b';

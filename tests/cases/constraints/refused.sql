UPDATE accounts SET kind = 'gold';
UPDATE accounts SET kind = NULL;
UPDATE accounts SET share = 2;
UPDATE accounts SET share = -1;
UPDATE accounts SET closed = '2024-01-01';
UPDATE accounts SET name = 'b' WHERE name = 'a';
UPDATE accounts SET kind = 'paid' WHERE name = 'a';
UPDATE accounts SET share = 0.25;

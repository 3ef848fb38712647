UPDATE towns SET kind = 'city' WHERE name = 'Ulm';
UPDATE people SET name = 'Ada L.' WHERE name = 'Ada';

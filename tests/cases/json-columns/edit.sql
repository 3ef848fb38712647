UPDATE jobs SET args = json_set(args, '$.a', 'y') WHERE name = '1';
UPDATE jobs SET result = '{"ok":[1]}' WHERE name IN ('2', '3');

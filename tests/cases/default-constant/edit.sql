UPDATE tasks SET priority = 5 WHERE id IN ('silent', 'null');
UPDATE tasks SET priority = 3 WHERE id = 'other';

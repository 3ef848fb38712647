UPDATE tasks SET status = 'in_progress' WHERE id IN ('3', '4', '6');
UPDATE tasks SET status = 'done' WHERE id = '1';
UPDATE tasks SET level = 3 WHERE id = '2';

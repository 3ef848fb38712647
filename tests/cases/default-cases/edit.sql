UPDATE tasks SET phase = NULL WHERE id = '3';
UPDATE tasks SET status = 'late' WHERE id = '4';

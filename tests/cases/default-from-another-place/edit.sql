UPDATE tasks SET updated = 'Fri' WHERE title IN ('a', 'd');
UPDATE steps SET at = 'Fri' WHERE what = 'y';

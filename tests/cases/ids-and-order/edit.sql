INSERT INTO tasks (day_id, task) SELECT id, 'sleep' FROM days;

SELECT id, "rank", task
FROM tasks LEFT JOIN days_note ON "table" = 'tasks' AND "row" = id
ORDER BY day_id, coalesce("rank", id);

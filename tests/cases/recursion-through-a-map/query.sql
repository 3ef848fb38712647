WITH RECURSIVE paths(id, path) AS (
  SELECT id, '/' || name FROM files WHERE parent_file_id IS NULL
  UNION ALL SELECT f.id, path || '/' || f.name FROM files AS f JOIN paths ON f.parent_file_id = paths.id
)
SELECT path FROM paths ORDER BY path;

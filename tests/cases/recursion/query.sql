WITH RECURSIVE below(id, by, depth) AS (
  SELECT id, "by", 0 FROM comments WHERE parent_comment_id IS NULL
  UNION ALL SELECT c.id, c."by", depth + 1 FROM comments AS c JOIN below ON c.parent_comment_id = below.id
)
SELECT * FROM below;

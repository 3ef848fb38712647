INSERT INTO comments (thread_id, parent_comment_id, "by", text)
  SELECT thread_id, id, 'eve', 'yes' FROM comments WHERE "by" IN ('cy', 'di');
DELETE FROM comments WHERE text = 'no';

DELETE FROM tags WHERE tag = 'elm';
INSERT INTO tags (book_id, tag) SELECT id, 'ash' FROM books;

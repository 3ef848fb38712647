UPDATE books SET author = 'Eve' WHERE isbn = '1';
UPDATE author_object SET name = 'Bob';
INSERT INTO authors (book_id, plain) SELECT id, 'Fay' FROM books WHERE isbn IN ('3', '4');

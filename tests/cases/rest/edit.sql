UPDATE books SET more = '{"shelf":"B2"}' WHERE isbn = '1';
UPDATE books SET more = json_set(more, '$.author.born', 1902) WHERE isbn = '2';

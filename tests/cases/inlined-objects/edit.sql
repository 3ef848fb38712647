UPDATE books SET author = 'Eve' WHERE isbn IN ('2', '3', '4', '5');
UPDATE books SET author = NULL, author_born = NULL, author_town = NULL WHERE isbn = '1';
UPDATE books SET author_born = 1951 WHERE isbn = '6';
UPDATE books SET author_town = 'Roma' WHERE isbn = '7';

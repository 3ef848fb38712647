UPDATE books SET publisher = 'Elm' WHERE isbn = '1';
UPDATE books SET publisher_town = 'Rom' WHERE isbn = '2';

UPDATE towns SET people = 5 WHERE country_code = 'it';
INSERT INTO streets VALUES ('de', 'Bonn', 0, 'Ash');

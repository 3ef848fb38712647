UPDATE towns SET people = 5 WHERE country_code = 'it';
INSERT INTO streets (town_country_code, town_name, place, street) VALUES ('de', 'Bonn', 0, 'Ash');

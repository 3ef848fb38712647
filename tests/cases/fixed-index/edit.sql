UPDATE places SET latitude = 48.5 WHERE name = 'Ulm';
UPDATE places SET longitude = 86.5 WHERE name = 'Top';

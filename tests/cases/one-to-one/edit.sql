INSERT INTO addresses (person_id, street, town) SELECT id, 'Oak 2', 'Rom' FROM people WHERE name <> 'Ada';
DELETE FROM addresses WHERE town = 'Ulm';

UPDATE projects SET owner = 'eve';
UPDATE projects SET name = name || '!' WHERE id < 3;

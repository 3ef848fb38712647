SELECT place, name FROM people UNION ALL SELECT place, name FROM towns ORDER BY place;

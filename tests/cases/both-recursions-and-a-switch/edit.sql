UPDATE words SET word = 'home' WHERE language = 'en';
UPDATE boxes SET colour = 'blue' WHERE colour IS NULL;

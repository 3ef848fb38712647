UPDATE readings SET value = 9.5;
UPDATE stations SET town = 'Ulm';

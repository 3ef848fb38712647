UPDATE rows SET value = 2.5 WHERE row IN ('0', '4', 'absent');
UPDATE rows SET value = '2.5' WHERE row IN ('2', '7');
UPDATE rows SET value = 'true' WHERE row IN ('1', '14');

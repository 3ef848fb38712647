UPDATE rows SET value = '2.5' WHERE row IN ('0', '4', 'absent');
UPDATE rows SET value = 'edited' WHERE row = '7';

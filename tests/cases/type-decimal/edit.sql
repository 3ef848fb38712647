UPDATE rows SET value = 9.9 WHERE row IN ('0', '4', 'absent');

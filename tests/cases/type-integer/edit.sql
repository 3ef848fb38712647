UPDATE rows SET value = 5 WHERE row IN ('0', '4', 'absent');

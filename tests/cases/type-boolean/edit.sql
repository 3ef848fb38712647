UPDATE rows SET value = 0 WHERE row IN ('0', '4', 'absent');

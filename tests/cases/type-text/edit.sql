UPDATE rows SET value = 'edited' WHERE row IN ('0', '4', 'absent');

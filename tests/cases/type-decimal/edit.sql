UPDATE rows SET value = '9.90' WHERE row IN ('0', '4', 'absent');

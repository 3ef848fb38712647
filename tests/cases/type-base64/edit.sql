UPDATE rows SET value = x'0102' WHERE row IN ('0', '4', 'absent');

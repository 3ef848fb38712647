UPDATE rows SET value = '2026-01-01' WHERE row IN ('0', '4', 'absent');

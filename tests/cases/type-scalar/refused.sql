UPDATE rows SET value = x'01';
UPDATE rows SET value = 9e999;

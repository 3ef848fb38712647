UPDATE lines SET more = json_set(more, '$.colour', 'blue') WHERE sku = 'car';
UPDATE lines SET more = '{"gift":true}' WHERE sku = 'nut';
UPDATE parts SET more = NULL;

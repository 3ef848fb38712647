INSERT INTO sales (shop_id, sku) VALUES (1, 'no such');
DELETE FROM products WHERE sku = 'pin';

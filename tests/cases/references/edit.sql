INSERT INTO sales (shop_id, sku, qty) VALUES (1, 'nut', 1);

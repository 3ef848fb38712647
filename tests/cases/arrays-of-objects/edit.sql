INSERT INTO lines (order_id, sku, qty) SELECT id, 'cog', 7 FROM orders;
DELETE FROM lines WHERE sku = 'bolt';
UPDATE lines SET qty = 2 WHERE sku = 'pin';

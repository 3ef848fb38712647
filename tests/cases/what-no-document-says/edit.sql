UPDATE orders SET placed = '2024-02-29T23:59:59.500000000Z', price = -0.5, total = 1e300, more = '{"extra":2}' WHERE number = '1';
UPDATE orders SET options = '"x"', state = 'closed', buyer = 'Ash', buyer_name = NULL WHERE number = '2';
UPDATE tags SET name = 'c' WHERE name = 'b';
UPDATE ship SET order_id = 2;
UPDATE gifts SET kind = 'extra';
UPDATE notes SET came_by = 'quotes' WHERE came_by = 'replies';

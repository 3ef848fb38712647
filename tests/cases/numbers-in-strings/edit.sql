UPDATE trades SET price = 8, qty = 12, ticket = ticket + 1 WHERE id IN ('1', '5');

UPDATE sales SET qty = 5 WHERE qty = 4;

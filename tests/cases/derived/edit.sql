UPDATE lines SET qty = 2 WHERE sku = 'pin';

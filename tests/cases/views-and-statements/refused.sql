UPDATE sales SET sku = 'cog';

UPDATE books SET title = 'U';

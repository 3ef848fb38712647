UPDATE rows SET title_upper = 'B', a_b = 'F';

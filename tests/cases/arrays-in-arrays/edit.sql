UPDATE cells SET digit = 9 WHERE digit = 1;
INSERT INTO grid_rows (puzzle_id, line) SELECT id, 4 FROM puzzles;
INSERT INTO cells (grid_row_id, x, digit) SELECT id, 0, 6 FROM grid_rows WHERE line = 4;

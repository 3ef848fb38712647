UPDATE lines SET at = 'Wed' WHERE text = 'x' AND log_id = 2;

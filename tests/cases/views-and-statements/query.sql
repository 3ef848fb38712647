SELECT * FROM best_sellers;

UPDATE songs SET place = CASE title WHEN 'a' THEN 2 WHEN 'c' THEN 0 ELSE place END;
INSERT INTO songs (playlist_id, place, title) SELECT id, 3, 'd' FROM playlists;

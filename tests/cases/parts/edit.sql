INSERT INTO narrative (mission_id, text) SELECT id, 'ended' FROM missions;

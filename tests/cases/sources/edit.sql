UPDATE notes SET text = text || '!' WHERE text IS NOT NULL;
INSERT INTO notes (agent_id, kind, text) SELECT id, 'pinned', 'z' FROM agents;
INSERT INTO notes (agent_id, kind, text) SELECT id, 'idea', 'w' FROM agents;

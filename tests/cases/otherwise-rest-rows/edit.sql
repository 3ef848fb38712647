DELETE FROM memories WHERE key = 'z';
INSERT INTO memories (agent_id, key) SELECT id, 'last' FROM agents;

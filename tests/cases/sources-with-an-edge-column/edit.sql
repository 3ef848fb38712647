UPDATE members SET role = 'staff' WHERE person = 'Ada';
INSERT INTO members (team_id, role, nick, person) SELECT id, 'guest', 'e', 'Eve' FROM teams;

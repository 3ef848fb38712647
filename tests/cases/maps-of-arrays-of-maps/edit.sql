UPDATE marks SET mark = 2 WHERE subject = 'maths';
INSERT INTO marks (pupil_id, subject, mark) SELECT id, 'maths', 3 FROM pupils WHERE pupil = 'Bo';

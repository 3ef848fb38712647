UPDATE patients SET born = '1902-02-03';
UPDATE visits SET kind = 'Visit' WHERE id = 'e1';

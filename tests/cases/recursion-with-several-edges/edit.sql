UPDATE items SET link = '1.b' WHERE link = '1.a';
INSERT INTO items (questionnaire_id, parent_item_id, link) SELECT questionnaire_id, id, '2.1' FROM items WHERE link = '2';

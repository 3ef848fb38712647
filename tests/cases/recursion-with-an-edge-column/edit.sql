UPDATE items SET came_by = 'answer.item' WHERE link = '1.1';
INSERT INTO items (questionnaire_id, parent_item_id, came_by, link)
  SELECT questionnaire_id, id, 'answer.item', '2.1' FROM items WHERE link = '2';

UPDATE comments SET place = 1 - place;

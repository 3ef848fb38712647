SELECT row, value, typeof(value) AS type FROM rows WHERE value >= 9 AND typeof(value) <> 'text' ORDER BY value

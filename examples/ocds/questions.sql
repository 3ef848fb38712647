-- 1. Who won what, at what price, in the newest release that says so?
SELECT r.ocid, w.award_ref, w.supplier, w.value, w.currency, MAX(r.date) AS as_of
FROM winners w
JOIN awards a ON a.id = w.award_id
JOIN releases r ON r.id = a.release_id
GROUP BY r.ocid, w.award_ref, w.supplier, w.value, w.currency
ORDER BY r.ocid, w.award_ref, w.supplier
LIMIT 10;

-- 2. What was estimated, what was contracted, and what has been paid so far?
SELECT p.document, r.release_ref, t.value AS estimated, SUM(c.value) AS contracted,
       SUM((SELECT SUM(x.value) FROM transactions x WHERE x.contract_id = c.id)) AS paid
FROM contracts c
JOIN releases r ON r.id = c.release_id
JOIN packages p ON p.id = c.package_id
LEFT JOIN tenders t ON t.release_id = r.id
GROUP BY p.document, r.id, r.release_ref, t.value
ORDER BY p.document, r.id
LIMIT 10;

-- 3. What changed in the course of a procedure, and when?
SELECT path, release_date, release_tag, value
FROM version_history h
WHERE path IN (
  SELECT path FROM version_history GROUP BY path HAVING COUNT(DISTINCT release_date) > 1
)
  AND path LIKE 'tender.%'
ORDER BY path, release_date
LIMIT 10;

-- 1. In which versions is each package affected, and which one mends it?
SELECT package, advisory_id, introduced, fixed, last_affected
FROM affected_ranges
ORDER BY package, advisory_id, introduced
LIMIT 10;

-- 2. What has no fix yet, since when is that known, and is it a vulnerability at all?
SELECT a.id, a.published, p.ecosystem, p.package, COALESCE(p.informational, 'vulnerability') AS what
FROM advisories a
JOIN affected p ON p.advisory_id = a.id
WHERE a.withdrawn IS NULL
  AND NOT EXISTS (SELECT 1 FROM affected_ranges r WHERE r.affected_id = p.id AND r.fixed IS NOT NULL)
ORDER BY a.published, p.package
LIMIT 10;

-- 3. Which kinds of defects are there most, and in how many packages?
SELECT t.value AS category, COUNT(DISTINCT t.advisory_id) AS advisories, COUNT(DISTINCT p.package) AS packages
FROM tags t
JOIN affected p ON p.id = t.affected_id
WHERE t.kind = 'category'
GROUP BY t.value
ORDER BY advisories DESC, category
LIMIT 10;

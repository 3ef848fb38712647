-- 1. What is in each bill, at any depth, and under which license?
WITH RECURSIVE tree(id, bom_id, path) AS (
  SELECT id, bom_id, name FROM components WHERE parent_id IS NULL AND found_in = 'component'
  UNION ALL
  SELECT c.id, c.bom_id, tree.path || ' > ' || c.name
  FROM components c JOIN tree ON c.parent_id = tree.id
  WHERE c.found_in = 'components'
)
SELECT b.document, tree.path, l.license
FROM tree
JOIN boms b ON b.id = tree.bom_id
JOIN component_licenses l ON l.component_id = tree.id AND l.found_in = 'component'
ORDER BY b.document, tree.path, l.license
LIMIT 10;

-- 2. What does each component need, directly or through others?
WITH RECURSIVE needs(bom_id, ref, needed) AS (
  SELECT bom_id, ref, depends_on FROM dependency_edges
  UNION
  SELECT n.bom_id, n.ref, e.depends_on
  FROM needs n JOIN dependency_edges e ON e.bom_id = n.bom_id AND e.ref = n.needed
)
SELECT b.document, n.ref, COUNT(*) AS needs,
       (SELECT COUNT(*) FROM dependency_edges e WHERE e.bom_id = n.bom_id AND e.ref = n.ref) AS directly
FROM needs n JOIN boms b ON b.id = n.bom_id
GROUP BY b.document, n.bom_id, n.ref
ORDER BY b.document, needs DESC, n.ref
LIMIT 10;

-- 3. Which vulnerabilities concern us, how severe are they, and where?
SELECT b.document, v.name, v.state, r.severity, r.score, COALESCE(c.name || ' ' || c.version, a.ref) AS affected
FROM vulnerabilities v
JOIN boms b ON b.id = v.bom_id
JOIN affects a ON a.vulnerability_id = v.id
LEFT JOIN ratings r ON r.vulnerability_id = v.id
LEFT JOIN components c ON c.bom_id = v.bom_id AND c.bom_ref = a.ref
ORDER BY r.score DESC, v.name
LIMIT 10;

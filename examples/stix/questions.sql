-- 1. Who uses which techniques?
SELECT b.document, r.source_type, r.source_name, COUNT(*) AS techniques, MIN(r.target_name) AS the_first
FROM relationships r
JOIN bundles b ON b.id = r.bundle_id
WHERE r.relationship_type = 'uses' AND r.target_type = 'attack-pattern'
GROUP BY b.document, r.source_type, r.source_name
ORDER BY b.document, techniques DESC, r.source_name
LIMIT 10;

-- 2. Which techniques does nothing mitigate?
SELECT b.document, a.attack_id, a.name
FROM attack_patterns a
JOIN bundles b ON b.id = a.bundle_id
WHERE COALESCE(a.revoked, 0) = 0 AND COALESCE(a.mitre_deprecated, 0) = 0
  AND NOT EXISTS (
    SELECT 1 FROM relationships r
    WHERE r.bundle_id = a.bundle_id AND r.target_ref = a.stix_id AND r.relationship_type = 'mitigates'
  )
ORDER BY b.document, a.attack_id
LIMIT 10;

-- 3. How many techniques serve each tactic?
SELECT b.document, k.phase_name, COUNT(*) AS techniques
FROM attack_patterns a
JOIN kill_chain_phases k ON k.object_id = a.id
JOIN bundles b ON b.id = a.bundle_id
GROUP BY b.document, k.phase_name
ORDER BY b.document, techniques DESC, k.phase_name
LIMIT 10;

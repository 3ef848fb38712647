UPDATE memories SET ttl = 7200, expires = '2025-11-23T12:00:00Z' WHERE text = 'a';
UPDATE agents SET seen_at = '2026-02-02T00:00:00Z';

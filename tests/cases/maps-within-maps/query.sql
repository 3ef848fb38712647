SELECT browser, version, flag FROM browsers
JOIN versions ON versions.browser_id = browsers.id JOIN flags ON flags.version_id = versions.id
WHERE enabled;

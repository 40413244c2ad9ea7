-- Further sources of a task may be typed in, as the first one: more_source_ids holds 0 for such a one.
-- Their passwords, encrypted: a list in the order of more_sources_json with secret and sentinelSecret of
-- each, null for a registered endpoint; null where nothing is kept.
alter table task_spec add column more_source_secrets mediumtext;
-- Fifty ends with their certificates and address maps.
alter table task_spec modify column more_sources_json mediumtext;

-- Further sources of a task, each a registered endpoint: their ids, separated and enclosed by commas,
-- and where they were when last saved, as a list of the contract's RedisEndpoint in the same order.
alter table task_spec add column more_source_ids varchar(1000) not null default '';
alter table task_spec add column more_sources_json text;
-- Which of several sources a finding is of.
alter table precheck_finding add column source varchar(1000) not null default '';

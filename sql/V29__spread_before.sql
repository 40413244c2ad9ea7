-- Ids of the machines that the shards of what is one job now were spread over until slots moved, separated and enclosed by commas; empty where no slots did, or a person has chosen machines since.
alter table task_spec add column spread_before varchar(1000) not null default '';

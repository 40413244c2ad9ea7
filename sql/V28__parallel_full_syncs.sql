-- How many shards or sources each agent of a task copies at once; 0 for the agent's own number.
alter table task_spec add column parallel_full_syncs int not null default 0;

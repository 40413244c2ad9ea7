-- How many keys of a task may differ at the target, as its job last said.
alter table task_progress add column dead_letters bigint not null default 0;

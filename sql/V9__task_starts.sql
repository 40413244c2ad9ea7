-- Whether the target has seen a full sync of the task begin: from then on a start must find its checkpoint there.
alter table task_spec add column begun boolean not null default false;
-- Whether a person has acknowledged that the target may evict keys.
alter table task_spec add column evictions_accepted boolean not null default false;

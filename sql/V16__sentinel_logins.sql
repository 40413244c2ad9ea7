-- The login of sentinels that have one of their own, beside that of the master which they tell.
alter table endpoint add column sentinel_user varchar(100) not null default '';
alter table endpoint add column sentinel_secret text;
alter table task_spec add column source_sentinel_secret text;
alter table task_spec add column target_sentinel_secret text;
-- What becomes of what the target's version has no place for: STOP or SKIP.
alter table task_spec add column on_unsupported varchar(20) not null default 'STOP';

-- The continuous check of a task: how many of the keys that its stream touches are compared per
-- second at most, 0 for none; report_json is the contract's ContinuousReport as the agent told it last.
alter table task_spec add column continuous_keys bigint not null default 0;
create table continuous_check (
  task_id bigint not null primary key,
  reported_at datetime(3) not null,
  report_json mediumtext not null,
  constraint fk_continuous_check_task foreign key (task_id) references task (id) on delete cascade
) default charset = utf8mb4;

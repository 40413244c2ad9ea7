-- The newest precheck of each task, and what it found.
create table precheck_run (
  task_id bigint not null,
  machine_name varchar(120) not null,
  outcome varchar(20) not null,
  fault_key varchar(120),
  fault_arguments varchar(1000),
  source_run_id varchar(64) not null default '',
  target_run_id varchar(64) not null default '',
  started_at datetime(3) not null,
  ended_at datetime(3),
  primary key (task_id),
  constraint fk_precheck_run_task foreign key (task_id) references task (id) on delete cascade
) default charset = utf8mb4;

create table precheck_finding (
  id bigint not null auto_increment,
  task_id bigint not null,
  code varchar(40) not null,
  severity varchar(20) not null,
  variant varchar(40) not null,
  summary text not null,
  remedy text not null,
  command text not null,
  values_json text not null,
  measured_at datetime(3) not null,
  acknowledged_by varchar(100),
  acknowledged_at datetime(3),
  primary key (id),
  constraint fk_precheck_finding_task foreign key (task_id) references task (id) on delete cascade
) default charset = utf8mb4;
create index ix_precheck_finding_task on precheck_finding (task_id, id);

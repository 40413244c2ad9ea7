-- What a person created: where it stands and what is wanted of it.
create table task (
  id bigint not null auto_increment primary key,
  uid varchar(16) not null,
  name varchar(120) not null,
  tags varchar(400) not null default '',
  notes varchar(4000) not null default '',
  owner varchar(100) not null,
  wizard_step int not null default 1,
  state varchar(20) not null,
  desired varchar(10) not null,
  state_since datetime(3) not null,
  overdue boolean not null default false,
  version bigint not null default 0,
  restarts int not null default 0,
  retry_at datetime(3),
  fault_code varchar(40),
  fault_message varchar(1000),
  created_at datetime(3) not null,
  started_at datetime(3),
  ended_at datetime(3),
  lease_owner varchar(80),
  lease_until datetime(3),
  constraint uq_task_uid unique (uid)
) default charset = utf8mb4;
create index ix_task_state on task (state);
create index ix_task_created on task (created_at);

-- What was asked. An end is a registered endpoint, or one typed in (endpoint id null).
create table task_spec (
  task_id bigint not null primary key,
  source_endpoint_id bigint,
  source_label varchar(300) not null default '',
  source_json text,
  source_secret text,
  target_endpoint_id bigint,
  target_label varchar(300) not null default '',
  target_json text,
  target_secret text,
  sync_mode varchar(20) not null,
  database_list varchar(2000) not null default '',
  on_exists varchar(20) not null,
  machine_id bigint,
  machine_name varchar(120) not null default '',
  bytes_per_second bigint not null default 0,
  commands_per_second bigint not null default 0,
  lag_bound_millis bigint not null,
  restart_limit int not null,
  start_at datetime(3),
  afresh boolean not null default false,
  constraint fk_task_spec_task foreign key (task_id) references task (id) on delete cascade
) default charset = utf8mb4;

-- Each transition: what, when, from where to where, by whom, why.
create table task_event (
  id bigint not null auto_increment primary key,
  task_id bigint not null,
  happened_at datetime(3) not null,
  what varchar(40) not null,
  from_state varchar(20) not null,
  to_state varchar(20) not null,
  who varchar(100) not null,
  why varchar(1000) not null default '',
  constraint fk_task_event_task foreign key (task_id) references task (id) on delete cascade
) default charset = utf8mb4;
create index ix_task_event_task on task_event (task_id, id);

-- How far it is, as its stage last said; never locks the task's own row.
create table task_progress (
  task_id bigint not null primary key,
  updated_at datetime(3) not null,
  phase varchar(30) not null,
  percent int not null,
  keys_applied bigint not null,
  bytes_per_second bigint not null,
  commands_per_second bigint not null,
  lag_bytes bigint not null,
  lag_millis bigint not null,
  in_sync boolean not null,
  left_millis bigint not null,
  constraint fk_task_progress_task foreign key (task_id) references task (id) on delete cascade
) default charset = utf8mb4;

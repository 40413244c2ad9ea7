-- Data checks at times of their own. ask_json is what is asked for each time; the times stand in the
-- scheduler's tables too. accounted_until is up to where it was decided what each time came to. The
-- schedule of a task that is deleted goes with it.
create table check_schedule (
  id bigint not null auto_increment primary key,
  name varchar(200) not null,
  task_id bigint,
  ends varchar(1000) not null,
  ask_json mediumtext not null,
  rhythm varchar(20) not null,
  at_time varchar(5) not null,
  week_days varchar(100) not null,
  cron varchar(120) not null,
  zone varchar(60) not null,
  keep_results int not null,
  paused boolean not null,
  accounted_until datetime(3) not null,
  created_by varchar(64) not null,
  created_at datetime(3) not null,
  constraint fk_check_schedule_task foreign key (task_id) references task (id) on delete cascade
) default charset = utf8mb4;

-- What became of the times of a schedule: a check, or why there is none. reason is the key of a
-- message, reason_json its arguments.
create table check_schedule_run (
  id bigint not null auto_increment primary key,
  schedule_id bigint not null,
  planned_at datetime(3) not null,
  outcome varchar(20) not null,
  check_id bigint,
  reason varchar(100),
  reason_json varchar(2000),
  constraint fk_check_schedule_run foreign key (schedule_id) references check_schedule (id) on delete cascade,
  constraint fk_check_schedule_run_check foreign key (check_id) references data_check (id) on delete set null
) default charset = utf8mb4;
create index ix_check_schedule_run on check_schedule_run (schedule_id, id);

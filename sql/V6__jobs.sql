-- Agents of jobs on their machines. The incarnation counts a job's starts.
create table job (
  job_id varchar(64) not null,
  task_id varchar(64) not null,
  machine_id bigint not null,
  incarnation bigint not null,
  pid bigint not null,
  start_ticks bigint not null,
  boot_id varchar(40) not null,
  directory varchar(600) not null,
  report_url varchar(400) not null,
  last_seq bigint not null,
  last_report_at datetime(3),
  started_at datetime(3) not null,
  ended_at datetime(3),
  primary key (job_id)
) default charset = utf8mb4;
create index ix_job_machine on job (machine_id, ended_at);
create index ix_job_task on job (task_id);

-- Report tokens by their SHA-256: those of former incarnations stay, to tell a late agent from a stranger.
create table job_token (
  token_sha256 char(64) not null,
  job_id varchar(64) not null,
  incarnation bigint not null,
  primary key (token_sha256)
) default charset = utf8mb4;
create index ix_job_token_job on job_token (job_id);

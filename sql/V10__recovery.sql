-- Since when the machine of a task does not answer; gone: a person has said so.
create table host_loss (
  task_id bigint not null primary key,
  machine_id bigint not null,
  since datetime(3) not null,
  gone boolean not null default false,
  constraint fk_host_loss_task foreign key (task_id) references task (id) on delete cascade
) default charset = utf8mb4;

-- What jobs that were taken over elsewhere may have left: a process, a job directory.
create table job_leftover (
  id bigint not null auto_increment primary key,
  job_id varchar(64) not null,
  task_id varchar(64) not null,
  machine_id bigint not null,
  incarnation bigint not null,
  pid bigint not null,
  start_ticks bigint not null,
  boot_id varchar(40) not null,
  directory varchar(600) not null,
  due_at datetime(3) not null
) default charset = utf8mb4;
create index ix_job_leftover_due on job_leftover (due_at);
create index ix_job_leftover_job on job_leftover (job_id, machine_id);

-- Whether a task waits for its own machine instead of being taken over by another.
alter table task_spec add column stay_on_machine boolean not null default false;

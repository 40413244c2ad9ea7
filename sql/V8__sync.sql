-- The newest status of each link of a job, as its agent reported it (the contract's LinkStatus as JSON).
create table link_status (
  task_id bigint not null,
  link int not null,
  reported_at datetime(3) not null,
  status text not null,
  primary key (task_id, link),
  constraint fk_link_status_task foreign key (task_id) references task (id) on delete cascade
) default charset = utf8mb4;

-- Points of the chart. Each resolution (seconds) has its own retention.
create table link_sample (
  task_id bigint not null,
  resolution int not null,
  bucket bigint not null,
  bytes_per_second bigint not null,
  commands_per_second bigint not null,
  lag_bytes bigint not null,
  lag_millis bigint not null,
  primary key (task_id, resolution, bucket),
  constraint fk_link_sample_task foreign key (task_id) references task (id) on delete cascade
) default charset = utf8mb4;

-- Log lines of a task's agents and of what the console did for it.
create table job_log (
  id bigint not null auto_increment primary key,
  task_id bigint not null,
  logged_at datetime(3) not null,
  incarnation bigint not null,
  level varchar(10) not null,
  link int not null,
  line varchar(4000) not null,
  constraint fk_job_log_task foreign key (task_id) references task (id) on delete cascade
) default charset = utf8mb4;
create index ix_job_log_task on job_log (task_id, id);

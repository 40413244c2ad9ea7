-- What the agent of a check, or the program that it runs, says while it works: the newest lines.
create table data_check_log (
  id bigint not null auto_increment primary key,
  check_id bigint not null,
  logged_at datetime(3) not null,
  level varchar(10) not null,
  line varchar(1000) not null,
  constraint fk_data_check_log foreign key (check_id) references data_check (id) on delete cascade
) default charset = utf8mb4;
create index ix_data_check_log on data_check_log (check_id, id);

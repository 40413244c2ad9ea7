-- Checks of data: of a task, or between two registered endpoints. spec_json is the contract's
-- CheckSpec without its ends (and, of a task, without its filter), report_json its CheckReport as the
-- agent told it last. ends_hash is the same for checks of the same two ends.
create table data_check (
  id bigint not null auto_increment primary key,
  task_id bigint,
  task_name varchar(200) not null,
  source_number int not null,
  source_endpoint_id bigint,
  source_label varchar(400) not null,
  target_endpoint_id bigint,
  target_label varchar(400) not null,
  ends_hash char(64) not null,
  machine_id bigint,
  machine_name varchar(200) not null,
  spec_json mediumtext not null,
  bytes_per_second bigint not null,
  commands_per_second bigint not null,
  state varchar(20) not null,
  state_since datetime(3) not null,
  restarts int not null,
  retry_at datetime(3),
  fault_code varchar(60),
  fault_message varchar(2000),
  report_json text,
  compared_keys bigint not null,
  different_keys bigint not null,
  settling_keys bigint not null,
  listed int not null,
  created_by varchar(64) not null,
  created_at datetime(3) not null,
  started_at datetime(3),
  ended_at datetime(3),
  lease_owner varchar(64),
  lease_until datetime(3),
  constraint fk_data_check_task foreign key (task_id) references task (id) on delete set null
) default charset = utf8mb4;
create index ix_data_check_state on data_check (state);
create index ix_data_check_ends on data_check (ends_hash);

-- What a check found, as the agent told it; key_id tells keys apart whatever their bytes.
create table data_check_difference (
  id bigint not null auto_increment primary key,
  check_id bigint not null,
  key_id char(32) not null,
  db_number int not null,
  key_text varchar(1200) not null,
  key_base64 varchar(1600) not null,
  type varchar(60) not null,
  kind varchar(40) not null,
  field_text varchar(600) not null,
  field_base64 varchar(300) not null,
  source_value varchar(600) not null,
  target_value varchar(600) not null,
  read_at datetime(3) not null,
  round_number int not null,
  source_offset bigint not null,
  further bigint not null,
  constraint fk_data_check_difference foreign key (check_id) references data_check (id) on delete cascade
) default charset = utf8mb4;
create index ix_data_check_difference_key on data_check_difference (check_id, key_id);
create index ix_data_check_difference_kind on data_check_difference (check_id, kind);

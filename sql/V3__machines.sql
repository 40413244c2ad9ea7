-- Migration hosts: how to log in, what was seen of them, and what the console did there.
create table machine (
  id bigint not null auto_increment,
  name varchar(120) not null,
  host varchar(255) not null,
  port int not null,
  login_user varchar(64) not null,
  login_kind varchar(10) not null,
  tags varchar(400) not null,
  capacity int not null,
  base_dir varchar(400) not null,
  host_key varchar(160),
  state varchar(10) not null,
  fault_code varchar(40),
  fault_arguments varchar(2000),
  fault_at datetime(3),
  seen_at datetime(3),
  os varchar(200),
  cpu_count int not null,
  memory_bytes bigint not null,
  java_path varchar(400),
  java_version varchar(60),
  base_path varchar(400),
  agent_sha256 char(64),
  report_route varchar(10) not null,
  forward_port int not null,
  created_at datetime(3) not null,
  secret text not null,
  passphrase text,
  sample_due_at datetime(3) not null,
  forward_owner varchar(64),
  forward_until datetime(3),
  primary key (id),
  constraint uq_machine_name unique (name)
) default charset = utf8mb4;

-- The newest samples of the machine's load.
create table machine_sample (
  machine_id bigint not null,
  at datetime(3) not null,
  cpu_percent double not null,
  load_average double not null,
  memory_used_bytes bigint not null,
  memory_bytes bigint not null,
  disk_free_bytes bigint not null,
  disk_bytes bigint not null,
  received_per_second bigint not null,
  sent_per_second bigint not null,
  primary key (machine_id, at)
) default charset = utf8mb4;

-- The steps of the last test or installation, as they go.
create table machine_step (
  machine_id bigint not null,
  position int not null,
  work varchar(20) not null,
  step varchar(20) not null,
  state varchar(10) not null,
  message_key varchar(100),
  arguments varchar(2000),
  at datetime(3) not null,
  primary key (machine_id, position)
) default charset = utf8mb4;

-- What the console did on the machine.
create table machine_log (
  id bigint not null auto_increment,
  machine_id bigint not null,
  at datetime(3) not null,
  level varchar(10) not null,
  message_key varchar(100) not null,
  arguments varchar(2000) not null,
  primary key (id)
) default charset = utf8mb4;
create index ix_machine_log_machine on machine_log (machine_id, id);

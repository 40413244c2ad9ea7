-- Users, their sign-in throttle and API tokens; the audit log; settings.
-- Portable SQL: H2 in MySQL mode, MySQL 5.7 and 8.0, MariaDB. Times are UTC.

create table console_user (
  id bigint not null auto_increment,
  name varchar(64) not null,
  password_hash varchar(100) not null,
  role varchar(16) not null,
  enabled boolean not null,
  must_change_password boolean not null,
  created_at datetime(3) not null,
  last_sign_in_at datetime(3),
  primary key (id),
  constraint uq_console_user_name unique (name)
) default charset = utf8mb4;

create table sign_in_failure (
  name varchar(64) not null,
  address varchar(64) not null,
  failures int not null,
  last_at datetime(3) not null,
  primary key (name, address)
) default charset = utf8mb4;

create table api_token (
  id bigint not null auto_increment,
  name varchar(64) not null,
  token_hash char(64) not null,
  role varchar(16) not null,
  created_by varchar(64) not null,
  created_at datetime(3) not null,
  expires_at datetime(3) not null,
  last_used_at datetime(3),
  primary key (id),
  constraint uq_api_token_hash unique (token_hash)
) default charset = utf8mb4;

create table audit_event (
  id bigint not null auto_increment,
  at datetime(3) not null,
  actor varchar(64) not null,
  address varchar(64),
  action varchar(64) not null,
  subject varchar(255) not null,
  detail varchar(2000),
  primary key (id)
) default charset = utf8mb4;

create index ix_audit_event_at on audit_event (at);
create index ix_audit_event_actor on audit_event (actor, at);
create index ix_audit_event_action on audit_event (action, at);

create table setting (
  name varchar(100) not null,
  text varchar(4000) not null,
  primary key (name)
) default charset = utf8mb4;

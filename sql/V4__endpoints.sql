-- Registered Redis deployments; the password is sealed with a key that is not in the database.
create table endpoint (
  id bigint not null auto_increment,
  name varchar(120) not null,
  owner varchar(100) not null default '',
  tags varchar(400) not null default '',
  notes varchar(4000) not null default '',
  topology varchar(20) not null,
  addresses varchar(1000) not null,
  login_user varchar(100) not null default '',
  secret text,
  tls boolean not null default false,
  ca_pem text,
  server_name varchar(255) not null default '',
  version bigint not null default 0,
  created_at datetime(3) not null,
  updated_at datetime(3) not null,
  primary key (id),
  constraint uq_endpoint_name unique (name)
) default charset = utf8mb4;

-- Programs that the console brings to machines, such as redis-full-check, as administrators gave them.
create table tool_package (
  id bigint not null auto_increment primary key,
  name varchar(60) not null,
  sha256 char(64) not null,
  file_bytes bigint not null,
  architecture varchar(40) not null,
  added_by varchar(64) not null,
  added_at datetime(3) not null
) default charset = utf8mb4;
create table tool_package_piece (
  package_id bigint not null,
  piece_number int not null,
  content mediumblob not null,
  primary key (package_id, piece_number),
  constraint fk_tool_package_piece foreign key (package_id) references tool_package (id) on delete cascade
) default charset = utf8mb4;

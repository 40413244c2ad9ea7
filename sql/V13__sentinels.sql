-- What sentinels call the master that they watch; of other endpoints empty.
alter table endpoint add column master_name varchar(200) not null default '';

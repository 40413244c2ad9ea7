-- A task whose source's shards are spread over several machines: each part is a task of its own, which nobody sees but by way of the whole.
create table task_part (
  part_id bigint not null primary key,
  whole_id bigint not null,
  part_number int not null,
  slots mediumtext not null,
  links varchar(2000) not null default '',
  constraint uq_task_part_number unique (whole_id, part_number),
  constraint fk_task_part_part foreign key (part_id) references task (id) on delete cascade,
  constraint fk_task_part_whole foreign key (whole_id) references task (id) on delete cascade
) default charset = utf8mb4;

-- Ids of the machines that the shards are to be spread over, separated and enclosed by commas; empty for one job.
alter table task_spec add column spread_machine_ids varchar(1000) not null default '';

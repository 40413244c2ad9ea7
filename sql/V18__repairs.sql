-- Checks that repair first: the keys of another check that were chosen are fetched again, then they
-- are compared, which is the check. choice_json says which keys, report_json is the contract's
-- RepairReport as the agent told it last, results_json the keys that could not be repaired or were
-- left (RepairedKey), the first ones.
create table data_repair (
  check_id bigint not null primary key,
  of_check_id bigint,
  choice_json mediumtext not null,
  chosen_keys bigint not null,
  deletes_extra boolean not null,
  within_directory varchar(1000) not null,
  within_task varchar(200) not null,
  undo_file varchar(1000) not null,
  report_json text,
  results_json mediumtext,
  constraint fk_data_repair_check foreign key (check_id) references data_check (id) on delete cascade,
  constraint fk_data_repair_of foreign key (of_check_id) references data_check (id) on delete set null
) default charset = utf8mb4;

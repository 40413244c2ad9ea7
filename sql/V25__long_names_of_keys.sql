-- A long name of a key is shown in part (key_text) and kept whole by its bytes, up to 64 KB, so that
-- the key can be repaired.
alter table data_check_difference modify column key_base64 mediumtext not null;
-- Keys that were chosen and of whose names only the beginning is known: these cannot be repaired.
alter table data_repair add column unnamed_keys bigint not null default 0;

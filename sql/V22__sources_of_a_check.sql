-- Which of several sources a key was compared with, from 0; -1 where none of them has it.
alter table data_check_difference add column source_number int not null default 0;

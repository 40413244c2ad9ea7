-- A cluster has several addresses, and its nodes may be reached elsewhere than where they say:
-- announced=reachable, one a line.
alter table endpoint modify column addresses varchar(4000) not null;
alter table endpoint add column address_map text;

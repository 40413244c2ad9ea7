-- What of the chosen databases is moved, and under which names: the contract's FilterSpec without
-- its databases, which have a column of their own. Null moves all.
alter table task_spec add column filter_json text;

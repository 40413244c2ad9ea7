-- A certificate that an endpoint's servers are shown: sealed with its key, and beside it what people may see.
alter table endpoint add column client_identity text;
alter table endpoint add column client_subject varchar(500);
alter table endpoint add column client_issuer varchar(500);
alter table endpoint add column client_until datetime(3);
alter table endpoint add column client_fingerprint varchar(100);

-- The distinct names of records, and which three characters follow each other in them: a search reads these instead of
-- all records. Triggers keep them, whatever writes the records. A name stays when its last record is gone; then no record
-- is found by it. Names that are not ASCII alone are searched one by one: their capitals may have other characters.
-- Names are indexed by the 500, and those behind the last 500 are searched one by one, too: what is indexed is written out
-- with each statement, however little it is. Ids have no gaps, for nothing is deleted here.

create table search_event_name (
  id integer primary key,
  value text not null unique
) strict;
create index search_event_name_beyond_ascii on search_event_name (value) where length(cast(value as blob)) <> length(value);
create virtual table search_event_name_trigram using fts5 (value, content='', columnsize=0, detail='none', tokenize='trigram');
create trigger search_event_name_index after insert on search_event_name when new.id % 500 = 0 begin insert into search_event_name_trigram (rowid, value) select id, value from search_event_name where id > new.id - 500 and id <= new.id; end;
insert into search_event_name (value) select distinct name from event;
create trigger search_event_name_insert after insert on event when not exists (select 1 from search_event_name where value = new.name) begin insert into search_event_name (value) values (new.name); end;
create trigger search_event_name_update after update of name on event when not exists (select 1 from search_event_name where value = new.name) begin insert into search_event_name (value) values (new.name); end;

create table search_build_name (
  id integer primary key,
  value text not null unique
) strict;
create index search_build_name_beyond_ascii on search_build_name (value) where length(cast(value as blob)) <> length(value);
create virtual table search_build_name_trigram using fts5 (value, content='', columnsize=0, detail='none', tokenize='trigram');
create trigger search_build_name_index after insert on search_build_name when new.id % 500 = 0 begin insert into search_build_name_trigram (rowid, value) select id, value from search_build_name where id > new.id - 500 and id <= new.id; end;
insert into search_build_name (value) select distinct name from build;
create trigger search_build_name_insert after insert on build when not exists (select 1 from search_build_name where value = new.name) begin insert into search_build_name (value) values (new.name); end;
create trigger search_build_name_update after update of name on build when not exists (select 1 from search_build_name where value = new.name) begin insert into search_build_name (value) values (new.name); end;

create table search_job_name (
  id integer primary key,
  value text not null unique
) strict;
create index search_job_name_beyond_ascii on search_job_name (value) where length(cast(value as blob)) <> length(value);
create virtual table search_job_name_trigram using fts5 (value, content='', columnsize=0, detail='none', tokenize='trigram');
create trigger search_job_name_index after insert on search_job_name when new.id % 500 = 0 begin insert into search_job_name_trigram (rowid, value) select id, value from search_job_name where id > new.id - 500 and id <= new.id; end;
insert into search_job_name (value) select distinct name from job;
create trigger search_job_name_insert after insert on job when not exists (select 1 from search_job_name where value = new.name) begin insert into search_job_name (value) values (new.name); end;
create trigger search_job_name_update after update of name on job when not exists (select 1 from search_job_name where value = new.name) begin insert into search_job_name (value) values (new.name); end;

insert into sqlite_stat1 (tbl, idx, stat) values
  ('search_event_name', 'sqlite_autoindex_search_event_name_1', '100000 1'),
  ('search_event_name', 'search_event_name_beyond_ascii', '1000 1'),
  ('search_build_name', 'sqlite_autoindex_search_build_name_1', '100000 1'),
  ('search_build_name', 'search_build_name_beyond_ascii', '1000 1'),
  ('search_job_name', 'sqlite_autoindex_search_job_name_1', '100000 1'),
  ('search_job_name', 'search_job_name_beyond_ascii', '1000 1');
-- down
drop trigger search_event_name_update;
drop trigger search_event_name_insert;
drop table search_event_name_trigram;
drop table search_event_name;
drop trigger search_build_name_update;
drop trigger search_build_name_insert;
drop table search_build_name_trigram;
drop table search_build_name;
drop trigger search_job_name_update;
drop trigger search_job_name_insert;
drop table search_job_name_trigram;
drop table search_job_name;

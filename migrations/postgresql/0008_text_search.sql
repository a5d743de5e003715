-- The distinct names of records: a search reads these instead of all records. Triggers keep them, whatever writes the
-- records. A name stays when its last record is gone; then no record is found by it. Two writers of one new name do not
-- wait for each other, so it may be there twice.

create table search_event_name (
  value text collate "C" not null
);
create index search_event_name_value on search_event_name (value);
insert into search_event_name (value) select distinct name from event;
-- Steps along the index also while the table is too small for it to pay: the plan is kept while the table grows.
create function search_event_name_keep() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$ begin
  if tg_op = 'UPDATE' then insert into search_event_name (value) select new.name where not exists (select 1 from search_event_name known where known.value = new.name); else
  insert into search_event_name (value) select distinct added.name from added where not exists (select 1 from search_event_name known where known.value = added.name); end if; return null; end $$;
create trigger search_event_name_insert after insert on event referencing new table as added
  for each statement execute function search_event_name_keep();
create trigger search_event_name_update after update of name on event
  for each row when (old.name is distinct from new.name) execute function search_event_name_keep();

create table search_build_name (
  value text collate "C" not null
);
create index search_build_name_value on search_build_name (value);
insert into search_build_name (value) select distinct name from build;
-- Steps along the index also while the table is too small for it to pay: the plan is kept while the table grows.
create function search_build_name_keep() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$ begin
  if tg_op = 'UPDATE' then insert into search_build_name (value) select new.name where not exists (select 1 from search_build_name known where known.value = new.name); else
  insert into search_build_name (value) select distinct added.name from added where not exists (select 1 from search_build_name known where known.value = added.name); end if; return null; end $$;
create trigger search_build_name_insert after insert on build referencing new table as added
  for each statement execute function search_build_name_keep();
create trigger search_build_name_update after update of name on build
  for each row when (old.name is distinct from new.name) execute function search_build_name_keep();

create table search_job_name (
  value text collate "C" not null
);
create index search_job_name_value on search_job_name (value);
insert into search_job_name (value) select distinct name from job;
-- Steps along the index also while the table is too small for it to pay: the plan is kept while the table grows.
create function search_job_name_keep() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$ begin
  if tg_op = 'UPDATE' then insert into search_job_name (value) select new.name where not exists (select 1 from search_job_name known where known.value = new.name); else
  insert into search_job_name (value) select distinct added.name from added where not exists (select 1 from search_job_name known where known.value = added.name); end if; return null; end $$;
create trigger search_job_name_insert after insert on job referencing new table as added
  for each statement execute function search_job_name_keep();
create trigger search_job_name_update after update of name on job
  for each row when (old.name is distinct from new.name) execute function search_job_name_keep();

-- Where the extension is missing and may not be made, searches read all distinct names.
do $$ begin create extension if not exists pg_trgm; exception when insufficient_privilege or undefined_file or feature_not_supported then
  raise notice 'The extension pg_trgm is missing: see "Text search" in docs/operating.md.'; end $$;
do $$ begin if exists (select 1 from pg_opclass where opcname = 'gin_trgm_ops' and pg_opclass_is_visible(oid)) then
  create index search_event_name_trigram on search_event_name using gin (value gin_trgm_ops); create index search_event_name_folded on search_event_name using gin (upper(value collate "und-x-icu") gin_trgm_ops); --
  create index search_build_name_trigram on search_build_name using gin (value gin_trgm_ops); create index search_build_name_folded on search_build_name using gin (upper(value collate "und-x-icu") gin_trgm_ops); --
  create index search_job_name_trigram on search_job_name using gin (value gin_trgm_ops); create index search_job_name_folded on search_job_name using gin (upper(value collate "und-x-icu") gin_trgm_ops); --
  end if; end $$;
-- down
drop trigger search_event_name_update on event;
drop trigger search_event_name_insert on event;
drop function search_event_name_keep;
drop table search_event_name;
drop trigger search_build_name_update on build;
drop trigger search_build_name_insert on build;
drop function search_build_name_keep;
drop table search_build_name;
drop trigger search_job_name_update on job;
drop trigger search_job_name_insert on job;
drop function search_job_name_keep;
drop table search_job_name;

-- A user whom one legacy system has for itself; a gateway account of the same name is another thing.
create table member (
  id integer primary key,
  system integer not null,
  name text not null,
  -- Null: nobody can sign in with a password.
  password_hash text,
  created_at integer not null,
  unique (system, name)
) strict;

-- The record was deleted with this change; its states are then those that it had last.
alter table change_log add column deleted integer not null default 0;

alter table project add column devmason_owner_id integer references member (id);
create index project_name on project (system, name, legacy_id);
create index project_devmason_owner on project (devmason_owner_id) where devmason_owner_id is not null;

create table devmason_repository (
  id integer primary key,
  url text not null unique,
  -- none, git, svn, hg or bzr
  type text not null
) strict;

alter table event add column devmason_repository_id integer references devmason_repository (id);
create index event_devmason_repository on event (project_id, id) where devmason_repository_id is not null;

-- JSON object as it was reported.
alter table build add column devmason_client text;
alter table build add column devmason_client_user text;
alter table build add column devmason_reporter_id integer references member (id);
-- True: its reporter was deleted; it is none of those that were reported without credentials.
alter table build add column devmason_reporter_gone integer;
alter table build add column devmason_incremental integer;
-- Minutes east of UTC that a time was reported with.
alter table build add column devmason_started_offset integer;
alter table build add column devmason_finished_offset integer;
-- finished_at, or the largest number while the build is in progress: what lists are ordered by.
alter table build add column devmason_finished_order integer;
alter table build add column devmason_step_count integer;
-- Bytes of what its steps say besides their names.
alter table build add column devmason_size integer;
create index build_devmason_project on build (project_id, devmason_finished_order, id) where project_id is not null;
create index build_devmason_reporter on build (devmason_reporter_id, id) where devmason_reporter_id is not null;
create index build_devmason_client_user on build (devmason_client_user, id) where devmason_client_user is not null;

-- Order of arrival within the build, from 1.
alter table job add column devmason_number integer;
alter table job add column devmason_started_offset integer;
alter table job add column devmason_finished_offset integer;
alter table job add column devmason_size integer;

-- What a step says, as JSON: two texts and an object. Apart, so that lists do not read it.
create table devmason_step_output (
  job_id integer primary key references job (id) deferrable initially deferred,
  output text not null,
  errout text not null,
  extra text not null
) strict;

create table devmason_tag (
  id integer primary key,
  project_id integer not null references project (id) deferrable initially deferred,
  name text not null,
  unique (project_id, name)
) strict;

create table devmason_build_tag (
  build_id integer not null references build (id) deferrable initially deferred,
  tag_id integer not null references devmason_tag (id) deferrable initially deferred,
  primary key (tag_id, build_id)
) strict;
create index devmason_build_tag_inverse on devmason_build_tag (build_id, tag_id);
insert into sqlite_stat1 (tbl, idx, stat) values
  ('member', 'sqlite_autoindex_member_1', '10000 5000 1'),
  ('project', 'project_name', '10000 5000 2 1'),
  ('project', 'project_devmason_owner', '1000 10'),
  ('event', 'event_devmason_repository', '10000 100 1'),
  ('build', 'build_devmason_project', '1000000 5000 1 1'),
  ('build', 'build_devmason_reporter', '1000000 2000 1'),
  ('build', 'build_devmason_client_user', '1000000 2000 1'),
  ('devmason_repository', 'sqlite_autoindex_devmason_repository_1', '1000 1'),
  ('devmason_tag', 'sqlite_autoindex_devmason_tag_1', '10000 10 1'),
  ('devmason_build_tag', 'sqlite_autoindex_devmason_build_tag_1', '1000000 1000 1'),
  ('devmason_build_tag', 'devmason_build_tag_inverse', '1000000 3 1');
-- down
drop table devmason_build_tag;
drop table devmason_tag;
drop table devmason_step_output;
alter table job drop column devmason_size;
alter table job drop column devmason_finished_offset;
alter table job drop column devmason_started_offset;
alter table job drop column devmason_number;
drop index build_devmason_client_user;
drop index build_devmason_reporter;
drop index build_devmason_project;
alter table build drop column devmason_size;
alter table build drop column devmason_step_count;
alter table build drop column devmason_finished_order;
alter table build drop column devmason_finished_offset;
alter table build drop column devmason_started_offset;
alter table build drop column devmason_incremental;
alter table build drop column devmason_reporter_gone;
alter table build drop column devmason_reporter_id;
alter table build drop column devmason_client_user;
alter table build drop column devmason_client;
drop index event_devmason_repository;
alter table event drop column devmason_repository_id;
drop table devmason_repository;
drop index project_devmason_owner;
drop index project_name;
alter table project drop column devmason_owner_id;
alter table change_log drop column deleted;
drop table member;

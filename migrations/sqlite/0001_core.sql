create table user_account (
  id integer primary key,
  name text not null unique,
  admin integer not null default 0,
  created_at integer not null
) strict;

create table api_token (
  id integer primary key,
  user_id integer not null references user_account (id),
  hash text not null unique,
  created_at integer not null,
  expires_at integer,
  revoked_at integer
) strict;
create index api_token_user on api_token (user_id);

-- Groups a user belongs to.
create table user_group (
  user_id integer not null references user_account (id),
  group_name text not null,
  primary key (user_id, group_name)
) strict;

-- Roles whose members are kept here. A role that is listed takes precedence over the configuration, also when it has no members.
create table access_role (
  name text not null primary key
) strict;

create table access_role_member (
  role text not null references access_role (name),
  -- 'user' or 'group'
  member_kind text not null check (member_kind in ('user', 'group')),
  member text not null,
  primary key (role, member_kind, member)
) strict;

-- Last number given to a record of a system and kind (1 event, 2 build, 3 job, 0 project).
create table record_key (
  system integer not null,
  kind integer not null,
  last_number integer not null,
  primary key (system, kind)
) strict;

create table project (
  id integer primary key,
  system integer not null,
  legacy_id text not null,
  name text not null,
  unique (system, legacy_id)
) strict;

create table event (
  id integer primary key,
  system integer not null,
  legacy_id text not null,
  name text not null,
  state integer not null,
  legacy_state text not null,
  state_reason text,
  project_id integer references project (id),
  requester text,
  created_at integer,
  started_at integer,
  finished_at integer,
  unique (system, legacy_id)
) strict;
create index event_system on event (system, id);
create index event_state on event (system, state, id);
create index event_created on event (created_at, id);
create index event_system_created on event (system, created_at, id);
create index event_state_created on event (state, created_at, id);
create index event_name on event (name, id);
create index event_requester on event (requester, id) where requester is not null;
create index event_project on event (project_id, id) where project_id is not null;

create table build (
  id integer primary key,
  system integer not null,
  legacy_id text not null,
  event_id integer references event (id) deferrable initially deferred,
  name text not null,
  state integer not null,
  legacy_state text not null,
  state_reason text,
  project_id integer references project (id),
  requester text,
  submitted_at integer not null,
  started_at integer,
  finished_at integer,
  unique (system, legacy_id)
) strict;
create index build_system on build (system, id);
create index build_state on build (system, state, id);
create index build_event on build (event_id, id);
create index build_event_state on build (event_id, state);
create index build_submitted on build (submitted_at, id);
create index build_system_submitted on build (system, submitted_at, id);
create index build_state_submitted on build (state, submitted_at, id);
create index build_name on build (name, id);
create index build_requester on build (requester, id) where requester is not null;
create index build_project on build (project_id, id) where project_id is not null;

create table job (
  id integer primary key,
  system integer not null,
  legacy_id text not null,
  event_id integer references event (id) deferrable initially deferred,
  build_id integer references build (id) deferrable initially deferred,
  name text not null,
  state integer not null,
  legacy_state text not null,
  state_reason text,
  project_id integer references project (id),
  requester text,
  created_at integer not null,
  started_at integer,
  finished_at integer,
  unique (system, legacy_id)
) strict;
create index job_system on job (system, id);
create index job_state on job (system, state, id);
create index job_event on job (event_id, id) where event_id is not null;
create index job_build on job (build_id, id) where build_id is not null;
create index job_build_state on job (build_id, state) where build_id is not null;
create index job_created on job (created_at, id);
create index job_system_created on job (system, created_at, id);
create index job_state_created on job (state, created_at, id);
create index job_name on job (name, id);
create index job_requester on job (requester, id) where requester is not null;
create index job_project on job (project_id, id) where project_id is not null;

-- Number of records per system, kind and state, kept by the transaction that changes them.
create table state_count (
  system integer not null,
  kind integer not null,
  state integer not null,
  total integer not null,
  primary key (system, kind, state)
) strict;

-- One row: the last sequence given out. Its lock makes the order of sequences the order of commits.
create table change_log_head (
  id integer not null primary key check (id = 1),
  sequence integer not null
) strict;
insert into change_log_head (id, sequence) values (1, 0);

create table change_log (
  sequence integer primary key,
  system integer not null,
  kind integer not null,
  record_id integer not null,
  from_state integer,
  to_state integer not null,
  reason text,
  actor text,
  at integer not null
) strict;
create index change_log_record on change_log (kind, record_id, sequence);

-- Messages that were committed and not yet taken by the broker, in publishing order.
create table outbox_message (
  sequence integer primary key,
  system integer not null,
  topic text not null,
  body text not null
) strict;
-- How selective each index is in a large database: rows, then rows for each value of the first column, of the first two,
-- and so on. Without figures SQLite takes all conditions for equally selective and reads a whole system for one key.
analyze;
insert into sqlite_stat1 (tbl, idx, stat) values
  ('event', 'sqlite_autoindex_event_1', '1000000 500000 1'),
  ('event', 'event_system', '1000000 500000 1'),
  ('event', 'event_state', '1000000 500000 100000 1'),
  ('event', 'event_created', '1000000 2 1'),
  ('event', 'event_system_created', '1000000 500000 2 1'),
  ('event', 'event_state_created', '1000000 200000 2 1'),
  ('event', 'event_name', '1000000 20 1'),
  ('event', 'event_requester', '1000000 2000 1'),
  ('event', 'event_project', '1000000 5000 1'),
  ('build', 'sqlite_autoindex_build_1', '1000000 500000 1'),
  ('build', 'build_system', '1000000 500000 1'),
  ('build', 'build_state', '1000000 500000 100000 1'),
  ('build', 'build_event', '1000000 10 1'),
  ('build', 'build_event_state', '1000000 10 5'),
  ('build', 'build_submitted', '1000000 2 1'),
  ('build', 'build_system_submitted', '1000000 500000 2 1'),
  ('build', 'build_state_submitted', '1000000 200000 2 1'),
  ('build', 'build_name', '1000000 20 1'),
  ('build', 'build_requester', '1000000 2000 1'),
  ('build', 'build_project', '1000000 5000 1'),
  ('job', 'sqlite_autoindex_job_1', '1000000 500000 1'),
  ('job', 'job_system', '1000000 500000 1'),
  ('job', 'job_state', '1000000 500000 100000 1'),
  ('job', 'job_event', '1000000 10 1'),
  ('job', 'job_build', '1000000 10 1'),
  ('job', 'job_build_state', '1000000 10 5'),
  ('job', 'job_created', '1000000 2 1'),
  ('job', 'job_system_created', '1000000 500000 2 1'),
  ('job', 'job_state_created', '1000000 200000 2 1'),
  ('job', 'job_name', '1000000 20 1'),
  ('job', 'job_requester', '1000000 2000 1'),
  ('job', 'job_project', '1000000 5000 1');
-- down
drop table outbox_message;
drop table change_log;
drop table change_log_head;
drop table state_count;
drop table job;
drop table build;
drop table event;
drop table project;
drop table record_key;
drop table access_role_member;
drop table access_role;
drop table user_group;
drop table api_token;
drop table user_account;

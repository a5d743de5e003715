-- Another exchange than the configured one, and the content encoding that a contract asks for.
alter table outbox_message add column exchange text;
alter table outbox_message add column content_encoding text;

alter table event add column buildapi_branch text;
alter table event add column buildapi_revision text;
alter table event add column buildapi_comments text;
alter table event add column buildapi_revlink text;
alter table event add column buildapi_category text;
alter table event add column buildapi_files text;
create index event_buildapi_revision on event (buildapi_revision, id) where buildapi_revision is not null;

alter table build add column buildapi_source_branch text;
alter table build add column buildapi_request_revision text;
alter table build add column buildapi_priority integer;
-- Whole seconds; 0 while not claimed.
alter table build add column buildapi_claimed_at integer;
alter table build add column buildapi_claimed_by_name text;
alter table build add column buildapi_claimed_by_incarnation text;
alter table build add column buildapi_results integer;
alter table build add column buildapi_reason text;
alter table build add column buildapi_properties text;
alter table build add column buildapi_buildset_id integer;
create index build_buildapi_request_revision on build (buildapi_request_revision, id) where buildapi_request_revision is not null;
create index build_buildapi_source_branch on build (buildapi_source_branch, id) where buildapi_source_branch is not null;

alter table job add column buildapi_what text;
alter table job add column buildapi_complete_data text;
alter table job add column buildapi_outcome text;
alter table job add column buildapi_imported integer;
create index job_buildapi_logged on job (id) where buildapi_imported = 0 and legacy_state = 'logged';

-- One run of a build request on a machine.
create table buildapi_attempt (
  id integer primary key,
  request_id integer not null references build (id) deferrable initially deferred,
  build_number integer not null,
  started_at integer not null,
  finished_at integer,
  slave_name text
) strict;
create index buildapi_attempt_request on buildapi_attempt (request_id, id);
create index buildapi_attempt_started on buildapi_attempt (started_at, id);

-- The changes on the source stamp of a request.
create table buildapi_request_change (
  request_id integer not null references build (id) deferrable initially deferred,
  change_id integer not null references event (id) deferrable initially deferred,
  primary key (request_id, change_id)
) strict;
create index buildapi_request_change_inverse on buildapi_request_change (change_id, request_id);

-- Known branches; all keys of their attributes but the name, as JSON.
create table buildapi_branch (
  name text not null primary key,
  attributes text not null
) strict;

create table buildapi_builder (
  branch text not null references buildapi_branch (name) deferrable initially deferred,
  name text not null,
  primary key (branch, name)
) strict;
insert into sqlite_stat1 (tbl, idx, stat) values
  ('event', 'event_buildapi_revision', '1000000 2 1'),
  ('build', 'build_buildapi_request_revision', '1000000 50 1'),
  ('build', 'build_buildapi_source_branch', '1000000 50000 1'),
  ('job', 'job_buildapi_logged', '10 1'),
  ('buildapi_attempt', 'buildapi_attempt_request', '1000000 1 1'),
  ('buildapi_attempt', 'buildapi_attempt_started', '1000000 2 1'),
  ('buildapi_request_change', 'sqlite_autoindex_buildapi_request_change_1', '1000000 2 1'),
  ('buildapi_request_change', 'buildapi_request_change_inverse', '1000000 50 1'),
  ('buildapi_builder', 'sqlite_autoindex_buildapi_builder_1', '100000 1000 1');
-- down
drop table buildapi_builder;
drop table buildapi_branch;
drop table buildapi_request_change;
drop table buildapi_attempt;
drop index job_buildapi_logged;
drop index build_buildapi_source_branch;
drop index build_buildapi_request_revision;
drop index event_buildapi_revision;
alter table job drop column buildapi_imported;
alter table job drop column buildapi_outcome;
alter table job drop column buildapi_complete_data;
alter table job drop column buildapi_what;
alter table build drop column buildapi_buildset_id;
alter table build drop column buildapi_properties;
alter table build drop column buildapi_reason;
alter table build drop column buildapi_results;
alter table build drop column buildapi_claimed_by_incarnation;
alter table build drop column buildapi_claimed_by_name;
alter table build drop column buildapi_claimed_at;
alter table build drop column buildapi_priority;
alter table build drop column buildapi_request_revision;
alter table build drop column buildapi_source_branch;
alter table event drop column buildapi_files;
alter table event drop column buildapi_category;
alter table event drop column buildapi_revlink;
alter table event drop column buildapi_comments;
alter table event drop column buildapi_revision;
alter table event drop column buildapi_branch;
alter table outbox_message drop column content_encoding;
alter table outbox_message drop column exchange;

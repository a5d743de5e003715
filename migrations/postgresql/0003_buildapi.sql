-- Another exchange than the configured one, and the content encoding that a contract asks for.
alter table outbox_message add column exchange text collate "C";
alter table outbox_message add column content_encoding text collate "C";

alter table event add column buildapi_branch text collate "C";
alter table event add column buildapi_revision text collate "C";
alter table event add column buildapi_comments text collate "C";
alter table event add column buildapi_revlink text collate "C";
alter table event add column buildapi_category text collate "C";
alter table event add column buildapi_files text collate "C";
create index event_buildapi_revision on event (buildapi_revision, id) where buildapi_revision is not null;

alter table build add column buildapi_source_branch text collate "C";
alter table build add column buildapi_request_revision text collate "C";
alter table build add column buildapi_priority bigint;
-- Whole seconds; 0 while not claimed.
alter table build add column buildapi_claimed_at bigint;
alter table build add column buildapi_claimed_by_name text collate "C";
alter table build add column buildapi_claimed_by_incarnation text collate "C";
alter table build add column buildapi_results bigint;
alter table build add column buildapi_reason text collate "C";
alter table build add column buildapi_properties text collate "C";
alter table build add column buildapi_buildset_id bigint;
create index build_buildapi_request_revision on build (buildapi_request_revision, id) where buildapi_request_revision is not null;
create index build_buildapi_source_branch on build (buildapi_source_branch, id) where buildapi_source_branch is not null;

alter table job add column buildapi_what text collate "C";
alter table job add column buildapi_complete_data text collate "C";
alter table job add column buildapi_outcome text collate "C";
alter table job add column buildapi_imported boolean;
create index job_buildapi_logged on job (id) where not buildapi_imported and legacy_state = 'logged';

-- One run of a build request on a machine.
create table buildapi_attempt (
  id bigint primary key,
  request_id bigint not null references build (id) deferrable initially deferred,
  build_number bigint not null,
  started_at bigint not null,
  finished_at bigint,
  slave_name text collate "C"
);
create index buildapi_attempt_request on buildapi_attempt (request_id, id);
create index buildapi_attempt_started on buildapi_attempt (started_at, id);

-- The changes on the source stamp of a request.
create table buildapi_request_change (
  request_id bigint not null references build (id) deferrable initially deferred,
  change_id bigint not null references event (id) deferrable initially deferred,
  primary key (request_id, change_id)
);
create index buildapi_request_change_inverse on buildapi_request_change (change_id, request_id);

-- Known branches; all keys of their attributes but the name, as JSON.
create table buildapi_branch (
  name text collate "C" not null primary key,
  attributes text collate "C" not null
);

create table buildapi_builder (
  branch text collate "C" not null references buildapi_branch (name) deferrable initially deferred,
  name text collate "C" not null,
  primary key (branch, name)
);
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

-- Users of Rodan: members with the number that the old API knows them by, and what it says of them.
create table rodan_user (
  id integer primary key references member (id) deferrable initially deferred,
  number integer not null unique,
  first_name text not null default '',
  last_name text not null default '',
  email text not null default '',
  staff integer not null default 0,
  active integer not null default 1,
  superuser integer not null default 0,
  -- The API key: found by its hash, shown again from the sealed form.
  token_hash text unique,
  token_sealed text,
  -- Hash of the key that an import brought for somebody who had one already: both are good.
  imported_token_hash text unique
) strict;

-- One row for each project of Rodan. Everything else refers to it by uuid, which is what links show and lists order by.
create table rodan_project (
  id integer primary key references project (id) deferrable initially deferred,
  uuid text not null unique,
  -- As in project.
  name text not null,
  description text,
  creator_number integer not null references rodan_user (number) deferrable initially deferred,
  created_at integer not null,
  updated_at integer not null
) strict;
create index rodan_project_created on rodan_project (created_at, id);
create index rodan_project_creator on rodan_project (creator_number, id);

create table rodan_project_member (
  project_uuid text not null references rodan_project (uuid) deferrable initially deferred,
  user_number integer not null references rodan_user (number) deferrable initially deferred,
  -- 1 admin (the creator is always one), 2 worker; somebody may be both
  role integer not null check (role in (1, 2)),
  primary key (project_uuid, user_number, role)
) strict;
create index rodan_project_member_user on rodan_project_member (user_number, project_uuid);

create table rodan_resource_type (
  id integer primary key,
  uuid text not null unique,
  mimetype text not null unique,
  description text not null default '',
  extension text not null default ''
) strict;

-- Installed jobs. settings: a JSON schema, draft 4.
create table rodan_job (
  id integer primary key,
  uuid text not null unique,
  name text not null unique,
  settings text not null,
  description text,
  category text,
  enabled integer not null,
  interactive integer not null
) strict;

create table rodan_input_port_type (
  id integer primary key,
  uuid text not null unique,
  job_uuid text not null references rodan_job (uuid) deferrable initially deferred,
  name text not null,
  minimum integer not null,
  maximum integer not null,
  is_list integer not null
) strict;
create index rodan_input_port_type_job on rodan_input_port_type (job_uuid, id);

create table rodan_output_port_type (
  id integer primary key,
  uuid text not null unique,
  job_uuid text not null references rodan_job (uuid) deferrable initially deferred,
  name text not null,
  minimum integer not null,
  maximum integer not null,
  is_list integer not null
) strict;
create index rodan_output_port_type_job on rodan_output_port_type (job_uuid, id);

create table rodan_input_port_type_resource_type (
  port_type_uuid text not null references rodan_input_port_type (uuid) deferrable initially deferred,
  resource_type_uuid text not null references rodan_resource_type (uuid) deferrable initially deferred,
  primary key (port_type_uuid, resource_type_uuid)
) strict;

create table rodan_output_port_type_resource_type (
  port_type_uuid text not null references rodan_output_port_type (uuid) deferrable initially deferred,
  resource_type_uuid text not null references rodan_resource_type (uuid) deferrable initially deferred,
  primary key (port_type_uuid, resource_type_uuid)
) strict;

create table rodan_workflow (
  id integer primary key,
  uuid text not null unique,
  project_uuid text not null references rodan_project (uuid) deferrable initially deferred,
  name text not null,
  description text,
  creator_number integer references rodan_user (number) deferrable initially deferred,
  valid integer not null default 0,
  created_at integer not null,
  updated_at integer not null
) strict;
create index rodan_workflow_created on rodan_workflow (created_at, id);
create index rodan_workflow_project on rodan_workflow (project_uuid, created_at, id);
create index rodan_workflow_creator on rodan_workflow (creator_number, id) where creator_number is not null;

create table rodan_workflow_job_group (
  id integer primary key,
  uuid text not null unique,
  workflow_uuid text not null references rodan_workflow (uuid) deferrable initially deferred,
  name text not null,
  description text,
  -- The workflow that its jobs were copied from.
  origin_uuid text references rodan_workflow (uuid) deferrable initially deferred,
  created_at integer not null,
  updated_at integer not null
) strict;
create index rodan_workflow_job_group_created on rodan_workflow_job_group (created_at, id);
create index rodan_workflow_job_group_workflow on rodan_workflow_job_group (workflow_uuid, id);
create index rodan_workflow_job_group_origin on rodan_workflow_job_group (origin_uuid) where origin_uuid is not null;

create table rodan_workflow_job (
  id integer primary key,
  uuid text not null unique,
  workflow_uuid text not null references rodan_workflow (uuid) deferrable initially deferred,
  job_uuid text not null references rodan_job (uuid) deferrable initially deferred,
  group_uuid text references rodan_workflow_job_group (uuid) deferrable initially deferred,
  name text not null,
  -- Any JSON.
  settings text not null,
  created_at integer not null,
  updated_at integer not null
) strict;
create index rodan_workflow_job_workflow on rodan_workflow_job (workflow_uuid, id);
create index rodan_workflow_job_job on rodan_workflow_job (job_uuid, id);
create index rodan_workflow_job_group_member on rodan_workflow_job (group_uuid, id) where group_uuid is not null;

create table rodan_input_port (
  id integer primary key,
  uuid text not null unique,
  workflow_job_uuid text not null references rodan_workflow_job (uuid) deferrable initially deferred,
  input_port_type_uuid text not null references rodan_input_port_type (uuid) deferrable initially deferred,
  label text not null,
  extern integer not null default 0
) strict;
create index rodan_input_port_workflow_job on rodan_input_port (workflow_job_uuid, id);
create index rodan_input_port_type_of on rodan_input_port (input_port_type_uuid, id);

create table rodan_output_port (
  id integer primary key,
  uuid text not null unique,
  workflow_job_uuid text not null references rodan_workflow_job (uuid) deferrable initially deferred,
  output_port_type_uuid text not null references rodan_output_port_type (uuid) deferrable initially deferred,
  label text not null,
  extern integer not null default 0
) strict;
create index rodan_output_port_workflow_job on rodan_output_port (workflow_job_uuid, id);
create index rodan_output_port_type_of on rodan_output_port (output_port_type_uuid, id);

create table rodan_connection (
  id integer primary key,
  uuid text not null unique,
  input_port_uuid text not null references rodan_input_port (uuid) deferrable initially deferred,
  output_port_uuid text not null references rodan_output_port (uuid) deferrable initially deferred
) strict;
create index rodan_connection_input on rodan_connection (input_port_uuid, id);
create index rodan_connection_output on rodan_connection (output_port_uuid, id);

-- A request: which run it is about, and what for (1 run, 2 cancel, 3 retry, 4 redo). The run may be deleted.
alter table event add column rodan_run_uuid text;
alter table event add column rodan_request integer;
create index event_rodan_run on event (rodan_run_uuid, id) where rodan_run_uuid is not null;

-- A workflow run. rodan_status: the old code; rodan_name: as given, where name falls back to the workflow's.
alter table build add column rodan_project_uuid text references rodan_project (uuid) deferrable initially deferred;
alter table build add column rodan_workflow_uuid text references rodan_workflow (uuid) deferrable initially deferred;
alter table build add column rodan_creator_number integer references rodan_user (number) deferrable initially deferred;
alter table build add column rodan_status integer;
alter table build add column rodan_name text;
alter table build add column rodan_description text;
alter table build add column rodan_updated_at integer;
-- The run job that was redone last, with all that read its outputs.
alter table build add column rodan_last_redone_uuid text;
create index build_rodan_project on build (rodan_project_uuid, submitted_at, id) where rodan_project_uuid is not null;
create index build_rodan_workflow on build (rodan_workflow_uuid, submitted_at, id) where rodan_workflow_uuid is not null;
create index build_rodan_creator on build (rodan_creator_number, submitted_at, id) where rodan_creator_number is not null;
create index build_rodan_status on build (rodan_status, submitted_at, id) where rodan_status is not null;

-- A run job. The uuids of the workflow job and of the element of the collection are 32 digits and may point nowhere.
alter table job add column rodan_project_uuid text references rodan_project (uuid) deferrable initially deferred;
alter table job add column rodan_run_uuid text;
alter table job add column rodan_workflow_job_uuid text;
alter table job add column rodan_resource_uuid text;
alter table job add column rodan_status integer;
alter table job add column rodan_settings text;
alter table job add column rodan_updated_at integer;
alter table job add column rodan_error_summary text;
alter table job add column rodan_error_details text;
-- Who works on it interactively, until when (microseconds), and the sealed key of their address.
alter table job add column rodan_working_user_number integer references rodan_user (number) deferrable initially deferred;
alter table job add column rodan_working_user_expiry integer;
alter table job add column rodan_working_token text;
-- Which agent has taken it, and until when it is theirs (microseconds).
alter table job add column rodan_agent text;
alter table job add column rodan_agent_until integer;
create index job_rodan_project on job (rodan_project_uuid, created_at, id) where rodan_project_uuid is not null;
create index job_rodan_run on job (rodan_run_uuid, id) where rodan_run_uuid is not null;
create index job_rodan_workflow_job on job (rodan_workflow_job_uuid, created_at, id) where rodan_workflow_job_uuid is not null;
create index job_rodan_status on job (rodan_status, created_at, id) where rodan_status is not null;
-- What agents look for: offered, by the time since when they may take it.
create index job_rodan_offered on job (rodan_agent_until, id) where rodan_status = 1;

create table rodan_output (
  id integer primary key,
  uuid text not null unique,
  run_job_id integer not null references job (id) deferrable initially deferred,
  run_job_uuid text not null,
  output_port_type_name text not null,
  output_port_type_uuid text references rodan_output_port_type (uuid) deferrable initially deferred,
  -- The port of the workflow, which may be deleted.
  output_port_uuid text,
  resource_uuid text references rodan_resource (uuid) deferrable initially deferred,
  resource_list_uuid text references rodan_resource_list (uuid) deferrable initially deferred
) strict;
create index rodan_output_run_job on rodan_output (run_job_id, id);
create index rodan_output_resource on rodan_output (resource_uuid) where resource_uuid is not null;
create index rodan_output_resource_list on rodan_output (resource_list_uuid) where resource_list_uuid is not null;

-- Files are not kept here: their paths behind /uploads/ are.
create table rodan_resource (
  id integer primary key,
  uuid text not null unique,
  project_uuid text not null references rodan_project (uuid) deferrable initially deferred,
  resource_type_uuid text not null references rodan_resource_type (uuid) deferrable initially deferred,
  creator_number integer references rodan_user (number) deferrable initially deferred,
  origin_uuid text references rodan_output (uuid) deferrable initially deferred,
  name text,
  description text,
  file text,
  compat_file text,
  small_thumb text,
  medium_thumb text,
  large_thumb text,
  has_thumb integer not null default 0,
  processing_status integer,
  error_summary text not null default '',
  error_details text not null default '',
  created_at integer not null,
  updated_at integer not null
) strict;
create index rodan_resource_created on rodan_resource (created_at, id);
create index rodan_resource_project on rodan_resource (project_uuid, created_at, id);
create index rodan_resource_creator on rodan_resource (creator_number, id) where creator_number is not null;
create index rodan_resource_type_of on rodan_resource (resource_type_uuid, created_at, id);
create index rodan_resource_origin on rodan_resource (origin_uuid) where origin_uuid is not null;

create table rodan_resource_list (
  id integer primary key,
  uuid text not null unique,
  project_uuid text not null references rodan_project (uuid) deferrable initially deferred,
  resource_type_uuid text references rodan_resource_type (uuid) deferrable initially deferred,
  origin_uuid text references rodan_output (uuid) deferrable initially deferred,
  name text,
  description text,
  created_at integer not null,
  updated_at integer not null
) strict;
create index rodan_resource_list_project on rodan_resource_list (project_uuid, created_at, id);
create index rodan_resource_list_origin on rodan_resource_list (origin_uuid) where origin_uuid is not null;

create table rodan_resource_list_item (
  list_uuid text not null references rodan_resource_list (uuid) deferrable initially deferred,
  -- From 0.
  position integer not null,
  resource_uuid text not null references rodan_resource (uuid) deferrable initially deferred,
  primary key (list_uuid, position)
) strict;
create index rodan_resource_list_item_resource on rodan_resource_list_item (resource_uuid);

create table rodan_input (
  id integer primary key,
  uuid text not null unique,
  run_job_id integer not null references job (id) deferrable initially deferred,
  run_job_uuid text not null,
  input_port_type_name text not null,
  input_port_type_uuid text references rodan_input_port_type (uuid) deferrable initially deferred,
  input_port_uuid text,
  resource_uuid text references rodan_resource (uuid) deferrable initially deferred,
  resource_list_uuid text references rodan_resource_list (uuid) deferrable initially deferred
) strict;
create index rodan_input_run_job on rodan_input (run_job_id, id);
create index rodan_input_resource on rodan_input (resource_uuid) where resource_uuid is not null;
create index rodan_input_resource_list on rodan_input (resource_list_uuid) where resource_list_uuid is not null;
insert into sqlite_stat1 (tbl, idx, stat) values
  ('rodan_user', 'sqlite_autoindex_rodan_user_1', '10000 1'),
  ('rodan_user', 'sqlite_autoindex_rodan_user_2', '10000 1'),
  ('rodan_user', 'sqlite_autoindex_rodan_user_3', '10000 1'),
  ('rodan_project', 'sqlite_autoindex_rodan_project_1', '10000 1'),
  ('rodan_project_member', 'sqlite_autoindex_rodan_project_member_1', '10000 10 10 1'),
  ('rodan_resource_type', 'sqlite_autoindex_rodan_resource_type_1', '10000 1'),
  ('rodan_resource_type', 'sqlite_autoindex_rodan_resource_type_2', '10000 1'),
  ('rodan_job', 'sqlite_autoindex_rodan_job_1', '10000 1'),
  ('rodan_job', 'sqlite_autoindex_rodan_job_2', '10000 1'),
  ('rodan_input_port_type', 'sqlite_autoindex_rodan_input_port_type_1', '10000 1'),
  ('rodan_output_port_type', 'sqlite_autoindex_rodan_output_port_type_1', '10000 1'),
  ('rodan_input_port_type_resource_type', 'sqlite_autoindex_rodan_input_port_type_resource_type_1', '10000 10 1'),
  ('rodan_output_port_type_resource_type', 'sqlite_autoindex_rodan_output_port_type_resource_type_1', '10000 10 1'),
  ('rodan_workflow', 'sqlite_autoindex_rodan_workflow_1', '10000 1'),
  ('rodan_workflow_job_group', 'sqlite_autoindex_rodan_workflow_job_group_1', '10000 1'),
  ('rodan_workflow_job', 'sqlite_autoindex_rodan_workflow_job_1', '10000 1'),
  ('rodan_input_port', 'sqlite_autoindex_rodan_input_port_1', '10000 1'),
  ('rodan_output_port', 'sqlite_autoindex_rodan_output_port_1', '10000 1'),
  ('rodan_connection', 'sqlite_autoindex_rodan_connection_1', '10000 1'),
  ('rodan_output', 'sqlite_autoindex_rodan_output_1', '1000000 1'),
  ('rodan_resource', 'sqlite_autoindex_rodan_resource_1', '1000000 1'),
  ('rodan_resource_list', 'sqlite_autoindex_rodan_resource_list_1', '10000 1'),
  ('rodan_resource_list_item', 'sqlite_autoindex_rodan_resource_list_item_1', '1000000 10 1'),
  ('rodan_input', 'sqlite_autoindex_rodan_input_1', '1000000 1'),
  ('rodan_project', 'rodan_project_created', '10000 2 1'),
  ('rodan_project', 'rodan_project_creator', '10000 100 1'),
  ('rodan_project_member', 'rodan_project_member_user', '10000 10 1'),
  ('rodan_input_port_type', 'rodan_input_port_type_job', '10000 10 1'),
  ('rodan_output_port_type', 'rodan_output_port_type_job', '10000 10 1'),
  ('rodan_workflow', 'rodan_workflow_created', '10000 2 1'),
  ('rodan_workflow', 'rodan_workflow_project', '10000 100 2 1'),
  ('rodan_workflow', 'rodan_workflow_creator', '10000 100 1'),
  ('rodan_workflow_job_group', 'rodan_workflow_job_group_created', '10000 2 1'),
  ('rodan_workflow_job_group', 'rodan_workflow_job_group_workflow', '10000 10 1'),
  ('rodan_workflow_job_group', 'rodan_workflow_job_group_origin', '10000 10'),
  ('rodan_workflow_job', 'rodan_workflow_job_workflow', '10000 10 1'),
  ('rodan_workflow_job', 'rodan_workflow_job_job', '10000 10 1'),
  ('rodan_workflow_job', 'rodan_workflow_job_group_member', '10000 10 1'),
  ('rodan_input_port', 'rodan_input_port_workflow_job', '10000 10 1'),
  ('rodan_input_port', 'rodan_input_port_type_of', '10000 100 1'),
  ('rodan_output_port', 'rodan_output_port_workflow_job', '10000 10 1'),
  ('rodan_output_port', 'rodan_output_port_type_of', '10000 100 1'),
  ('rodan_connection', 'rodan_connection_input', '10000 10 1'),
  ('rodan_connection', 'rodan_connection_output', '10000 10 1'),
  ('event', 'event_rodan_run', '1000000 10 1'),
  ('build', 'build_rodan_project', '1000000 5000 2 1'),
  ('build', 'build_rodan_workflow', '1000000 10 2 1'),
  ('build', 'build_rodan_creator', '1000000 100 2 1'),
  ('build', 'build_rodan_status', '1000000 100000 2 1'),
  ('job', 'job_rodan_project', '1000000 5000 2 1'),
  ('job', 'job_rodan_run', '1000000 10 1'),
  ('job', 'job_rodan_workflow_job', '1000000 10 2 1'),
  ('job', 'job_rodan_status', '1000000 100000 2 1'),
  ('job', 'job_rodan_offered', '1000000 10 1'),
  ('rodan_output', 'rodan_output_run_job', '1000000 10 1'),
  ('rodan_output', 'rodan_output_resource', '1000000 10'),
  ('rodan_output', 'rodan_output_resource_list', '1000000 10'),
  ('rodan_resource', 'rodan_resource_created', '1000000 2 1'),
  ('rodan_resource', 'rodan_resource_project', '1000000 100 2 1'),
  ('rodan_resource', 'rodan_resource_creator', '1000000 100 1'),
  ('rodan_resource', 'rodan_resource_type_of', '1000000 100 2 1'),
  ('rodan_resource', 'rodan_resource_origin', '1000000 10'),
  ('rodan_resource_list', 'rodan_resource_list_project', '10000 100 2 1'),
  ('rodan_resource_list', 'rodan_resource_list_origin', '10000 10'),
  ('rodan_resource_list_item', 'rodan_resource_list_item_resource', '1000000 10'),
  ('rodan_input', 'rodan_input_run_job', '1000000 10 1'),
  ('rodan_input', 'rodan_input_resource', '1000000 10'),
  ('rodan_input', 'rodan_input_resource_list', '1000000 10');
-- down
drop table rodan_input;
drop table rodan_resource_list_item;
drop table rodan_resource_list;
drop table rodan_resource;
drop table rodan_output;
drop index job_rodan_offered;
drop index job_rodan_status;
drop index job_rodan_workflow_job;
drop index job_rodan_run;
drop index job_rodan_project;
alter table job drop column rodan_agent_until;
alter table job drop column rodan_agent;
alter table job drop column rodan_working_token;
alter table job drop column rodan_working_user_expiry;
alter table job drop column rodan_working_user_number;
alter table job drop column rodan_error_details;
alter table job drop column rodan_error_summary;
alter table job drop column rodan_updated_at;
alter table job drop column rodan_settings;
alter table job drop column rodan_status;
alter table job drop column rodan_resource_uuid;
alter table job drop column rodan_workflow_job_uuid;
alter table job drop column rodan_run_uuid;
alter table job drop column rodan_project_uuid;
drop index build_rodan_status;
drop index build_rodan_creator;
drop index build_rodan_workflow;
drop index build_rodan_project;
alter table build drop column rodan_last_redone_uuid;
alter table build drop column rodan_updated_at;
alter table build drop column rodan_description;
alter table build drop column rodan_name;
alter table build drop column rodan_status;
alter table build drop column rodan_creator_number;
alter table build drop column rodan_workflow_uuid;
alter table build drop column rodan_project_uuid;
drop index event_rodan_run;
alter table event drop column rodan_request;
alter table event drop column rodan_run_uuid;
drop table rodan_connection;
drop table rodan_output_port;
drop table rodan_input_port;
drop table rodan_workflow_job;
drop table rodan_workflow_job_group;
drop table rodan_workflow;
drop table rodan_output_port_type_resource_type;
drop table rodan_input_port_type_resource_type;
drop table rodan_output_port_type;
drop table rodan_input_port_type;
drop table rodan_job;
drop table rodan_resource_type;
drop table rodan_project_member;
drop table rodan_project;
drop table rodan_user;

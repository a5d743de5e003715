-- Lists of one project or requester by time, in any system.
create index event_project_created on event (project_id, created_at, id) where project_id is not null;
create index build_project_submitted on build (project_id, submitted_at, id) where project_id is not null;
create index job_project_created on job (project_id, created_at, id) where project_id is not null;
create index job_requester_created on job (requester, created_at, id) where requester is not null;

-- In each table: columns for what is asked for often, `rest` for what else can be asked for (JSON object of plain
-- values), `document` for the whole document as the old API shows it.
alter table event add column kernelci_kernel text;
alter table event add column kernelci_git_branch text;
alter table event add column kernelci_git_commit text;
alter table event add column kernelci_git_describe text;
alter table event add column kernelci_kernel_version text;
alter table event add column kernelci_private integer;
alter table event add column kernelci_rest text;
alter table event add column kernelci_document text;
create index event_kernelci_kernel on event (kernelci_kernel, created_at, id) where kernelci_kernel is not null;
create index event_kernelci_git_branch on event (kernelci_git_branch, created_at, id) where kernelci_git_branch is not null;

-- Reference as it was given; it may name a job that is not here.
alter table build add column kernelci_job_id text;
alter table build add column kernelci_kernel text;
alter table build add column kernelci_arch text;
alter table build add column kernelci_build_environment text;
alter table build add column kernelci_defconfig text;
alter table build add column kernelci_defconfig_full text;
alter table build add column kernelci_git_branch text;
alter table build add column kernelci_git_commit text;
alter table build add column kernelci_git_describe text;
alter table build add column kernelci_kernel_version text;
alter table build add column kernelci_compiler text;
alter table build add column kernelci_compiler_version text;
alter table build add column kernelci_errors integer;
alter table build add column kernelci_warnings integer;
alter table build add column kernelci_rest text;
alter table build add column kernelci_document text;
create index build_kernelci_job on build (kernelci_job_id, submitted_at, id) where kernelci_job_id is not null;
create index build_kernelci_kernel on build (kernelci_kernel, submitted_at, id) where kernelci_kernel is not null;
create index build_kernelci_arch on build (kernelci_arch, submitted_at, id) where kernelci_arch is not null;
create index build_kernelci_build_environment on build (kernelci_build_environment, submitted_at, id) where kernelci_build_environment is not null;
create index build_kernelci_defconfig on build (kernelci_defconfig, submitted_at, id) where kernelci_defconfig is not null;
create index build_kernelci_defconfig_full on build (kernelci_defconfig_full, submitted_at, id) where kernelci_defconfig_full is not null;
create index build_kernelci_git_branch on build (kernelci_git_branch, submitted_at, id) where kernelci_git_branch is not null;

-- 1 boot, 2 test group.
alter table job add column kernelci_collection integer;
alter table job add column kernelci_job_id text;
alter table job add column kernelci_build_id text;
alter table job add column kernelci_kernel text;
alter table job add column kernelci_arch text;
alter table job add column kernelci_board text;
alter table job add column kernelci_build_environment text;
alter table job add column kernelci_defconfig text;
alter table job add column kernelci_defconfig_full text;
alter table job add column kernelci_git_branch text;
alter table job add column kernelci_git_commit text;
alter table job add column kernelci_git_describe text;
alter table job add column kernelci_mach text;
alter table job add column kernelci_device_type text;
alter table job add column kernelci_retries integer;
alter table job add column kernelci_warnings integer;
alter table job add column kernelci_rest text;
alter table job add column kernelci_document text;
create index job_kernelci_collection on job (kernelci_collection, created_at, id) where kernelci_collection is not null;
create index job_kernelci_job on job (kernelci_job_id, created_at, id) where kernelci_job_id is not null;
create index job_kernelci_build on job (kernelci_build_id, created_at, id) where kernelci_build_id is not null;
create index job_kernelci_kernel on job (kernelci_kernel, created_at, id) where kernelci_kernel is not null;
create index job_kernelci_arch on job (kernelci_arch, created_at, id) where kernelci_arch is not null;
create index job_kernelci_board on job (kernelci_board, created_at, id) where kernelci_board is not null;
create index job_kernelci_build_environment on job (kernelci_build_environment, created_at, id) where kernelci_build_environment is not null;
create index job_kernelci_defconfig on job (kernelci_defconfig, created_at, id) where kernelci_defconfig is not null;
create index job_kernelci_defconfig_full on job (kernelci_defconfig_full, created_at, id) where kernelci_defconfig_full is not null;
create index job_kernelci_git_branch on job (kernelci_git_branch, created_at, id) where kernelci_git_branch is not null;
create index job_kernelci_mach on job (kernelci_mach, created_at, id) where kernelci_mach is not null;
create index job_kernelci_device_type on job (kernelci_device_type, created_at, id) where kernelci_device_type is not null;

-- Whether a document lacks a value, asked for with the values that there are: few do, so these are small.
create index event_no_kernelci_git_branch on event (system, created_at, id) where kernelci_git_branch is null and kernelci_document is not null;
create index build_no_kernelci_build_environment on build (system, submitted_at, id) where kernelci_build_environment is null and kernelci_document is not null;
create index build_no_kernelci_defconfig_full on build (system, submitted_at, id) where kernelci_defconfig_full is null and kernelci_document is not null;
create index build_no_kernelci_git_branch on build (system, submitted_at, id) where kernelci_git_branch is null and kernelci_document is not null;
create index job_no_kernelci_arch on job (kernelci_collection, created_at, id) where kernelci_arch is null and kernelci_document is not null;
create index job_no_kernelci_board on job (kernelci_collection, created_at, id) where kernelci_board is null and kernelci_document is not null;
create index job_no_kernelci_build_environment on job (kernelci_collection, created_at, id) where kernelci_build_environment is null and kernelci_document is not null;
create index job_no_kernelci_defconfig_full on job (kernelci_collection, created_at, id) where kernelci_defconfig_full is null and kernelci_document is not null;
create index job_no_kernelci_git_branch on job (kernelci_collection, created_at, id) where kernelci_git_branch is null and kernelci_document is not null;
create index job_no_kernelci_mach on job (kernelci_collection, created_at, id) where kernelci_mach is null and kernelci_document is not null;
create index job_no_kernelci_device_type on job (kernelci_collection, created_at, id) where kernelci_device_type is null and kernelci_document is not null;

-- What has no state: test cases, regressions, logs, statistics. One table each, alike.
create table kernelci_test_case (
  id integer primary key,
  oid text not null unique,
  created_at integer not null,
  test_group_id text,
  job text,
  kernel text,
  status text,
  rest text not null,
  document text not null
) strict;
create index kernelci_test_case_created on kernelci_test_case (created_at, id);
create index kernelci_test_case_group on kernelci_test_case (test_group_id, id) where test_group_id is not null;
create index kernelci_test_case_job on kernelci_test_case (job, created_at, id) where job is not null;
create index kernelci_test_case_kernel on kernelci_test_case (kernel, created_at, id) where kernel is not null;

create table kernelci_test_regression (
  id integer primary key,
  oid text not null unique,
  created_at integer not null,
  job text,
  kernel text,
  rest text not null,
  document text not null
) strict;
create index kernelci_test_regression_created on kernelci_test_regression (created_at, id);
create index kernelci_test_regression_job on kernelci_test_regression (job, created_at, id) where job is not null;
create index kernelci_test_regression_kernel on kernelci_test_regression (kernel, created_at, id) where kernel is not null;

create table kernelci_build_log (
  id integer primary key,
  oid text not null unique,
  created_at integer not null,
  build_id text,
  job_id text,
  job text,
  kernel text,
  rest text not null,
  document text not null
) strict;
create index kernelci_build_log_created on kernelci_build_log (created_at, id);
create index kernelci_build_log_build on kernelci_build_log (build_id, id) where build_id is not null;
create index kernelci_build_log_job on kernelci_build_log (job_id, id) where job_id is not null;
create index kernelci_build_log_kernel on kernelci_build_log (kernel, created_at, id) where kernel is not null;

create table kernelci_job_log (
  id integer primary key,
  oid text not null unique,
  created_at integer not null,
  job_id text,
  job text,
  kernel text,
  rest text not null,
  document text not null
) strict;
create index kernelci_job_log_created on kernelci_job_log (created_at, id);
create index kernelci_job_log_job on kernelci_job_log (job_id, id) where job_id is not null;
create index kernelci_job_log_kernel on kernelci_job_log (kernel, created_at, id) where kernel is not null;

create table kernelci_statistics (
  id integer primary key,
  oid text not null unique,
  created_at integer not null,
  rest text not null,
  document text not null
) strict;
create index kernelci_statistics_created on kernelci_statistics (created_at, id);

-- Secrets that old clients hold: looked up by hash, kept encrypted because the API shows them again.
create table kernelci_token (
  id integer primary key,
  oid text not null unique,
  created_at integer not null,
  -- SHA-256 of the token, as hexadecimal text.
  token_hash text not null unique,
  token_sealed text not null,
  email text not null,
  username text,
  expired integer not null,
  expires_at integer,
  -- Bit n: element n of `properties`.
  properties integer not null,
  rest text not null,
  -- The document without the token.
  document text not null
) strict;
create index kernelci_token_email on kernelci_token (email, id);

create table kernelci_lab (
  id integer primary key,
  oid text not null unique,
  created_at integer not null,
  updated_at integer,
  name text not null unique,
  private integer not null,
  token_oid text,
  rest text not null,
  document text not null
) strict;
create index kernelci_lab_token on kernelci_lab (token_oid) where token_oid is not null;
insert into sqlite_stat1 (tbl, idx, stat) values
  ('event', 'event_no_kernelci_git_branch', '100 50 2 1'),
  ('build', 'build_no_kernelci_build_environment', '100 50 2 1'),
  ('build', 'build_no_kernelci_defconfig_full', '100 50 2 1'),
  ('build', 'build_no_kernelci_git_branch', '100 50 2 1'),
  ('job', 'job_no_kernelci_arch', '100 50 2 1'),
  ('job', 'job_no_kernelci_board', '100 50 2 1'),
  ('job', 'job_no_kernelci_build_environment', '100 50 2 1'),
  ('job', 'job_no_kernelci_defconfig_full', '100 50 2 1'),
  ('job', 'job_no_kernelci_git_branch', '100 50 2 1'),
  ('job', 'job_no_kernelci_mach', '100 50 2 1'),
  ('job', 'job_no_kernelci_device_type', '100 50 2 1'),
  ('event', 'event_project_created', '1000000 5000 2 1'),
  ('build', 'build_project_submitted', '1000000 5000 2 1'),
  ('job', 'job_project_created', '1000000 5000 2 1'),
  ('job', 'job_requester_created', '1000000 2000 2 1'),
  ('event', 'event_kernelci_kernel', '1000000 2000 2 1'),
  ('event', 'event_kernelci_git_branch', '1000000 50000 2 1'),
  ('build', 'build_kernelci_job', '1000000 200 2 1'),
  ('build', 'build_kernelci_kernel', '1000000 2000 2 1'),
  ('build', 'build_kernelci_arch', '1000000 200000 2 1'),
  ('build', 'build_kernelci_build_environment', '1000000 100000 2 1'),
  ('build', 'build_kernelci_defconfig', '1000000 10000 2 1'),
  ('build', 'build_kernelci_defconfig_full', '1000000 5000 2 1'),
  ('build', 'build_kernelci_git_branch', '1000000 50000 2 1'),
  ('job', 'job_kernelci_collection', '1000000 1000000 2 1'),
  ('job', 'job_kernelci_job', '1000000 200 2 1'),
  ('job', 'job_kernelci_build', '1000000 20 2 1'),
  ('job', 'job_kernelci_kernel', '1000000 2000 2 1'),
  ('job', 'job_kernelci_arch', '1000000 200000 2 1'),
  ('job', 'job_kernelci_board', '1000000 20000 2 1'),
  ('job', 'job_kernelci_build_environment', '1000000 100000 2 1'),
  ('job', 'job_kernelci_defconfig', '1000000 10000 2 1'),
  ('job', 'job_kernelci_defconfig_full', '1000000 5000 2 1'),
  ('job', 'job_kernelci_git_branch', '1000000 50000 2 1'),
  ('job', 'job_kernelci_mach', '1000000 50000 2 1'),
  ('job', 'job_kernelci_device_type', '1000000 20000 2 1'),
  ('kernelci_test_case', 'kernelci_test_case_created', '1000000 2 1'),
  ('kernelci_test_case', 'kernelci_test_case_group', '1000000 20 1'),
  ('kernelci_test_case', 'kernelci_test_case_job', '1000000 50000 2 1'),
  ('kernelci_test_case', 'kernelci_test_case_kernel', '1000000 2000 2 1'),
  ('kernelci_test_regression', 'kernelci_test_regression_created', '10000 2 1'),
  ('kernelci_test_regression', 'kernelci_test_regression_job', '10000 50000 2 1'),
  ('kernelci_test_regression', 'kernelci_test_regression_kernel', '10000 2000 2 1'),
  ('kernelci_build_log', 'kernelci_build_log_created', '1000000 2 1'),
  ('kernelci_build_log', 'kernelci_build_log_build', '1000000 1 1'),
  ('kernelci_build_log', 'kernelci_build_log_job', '1000000 100 1'),
  ('kernelci_build_log', 'kernelci_build_log_kernel', '1000000 2000 2 1'),
  ('kernelci_job_log', 'kernelci_job_log_created', '1000000 2 1'),
  ('kernelci_job_log', 'kernelci_job_log_job', '1000000 100 1'),
  ('kernelci_job_log', 'kernelci_job_log_kernel', '1000000 2000 2 1'),
  ('kernelci_statistics', 'kernelci_statistics_created', '10000 2 1'),
  ('kernelci_token', 'kernelci_token_email', '10000 3 1'),
  ('kernelci_lab', 'kernelci_lab_token', '10000 1'),
  ('kernelci_test_case', 'sqlite_autoindex_kernelci_test_case_1', '1000000 1'),
  ('kernelci_test_regression', 'sqlite_autoindex_kernelci_test_regression_1', '1000000 1'),
  ('kernelci_build_log', 'sqlite_autoindex_kernelci_build_log_1', '1000000 1'),
  ('kernelci_job_log', 'sqlite_autoindex_kernelci_job_log_1', '1000000 1'),
  ('kernelci_statistics', 'sqlite_autoindex_kernelci_statistics_1', '1000000 1'),
  ('kernelci_token', 'sqlite_autoindex_kernelci_token_1', '1000000 1'),
  ('kernelci_token', 'sqlite_autoindex_kernelci_token_2', '1000 1'),
  ('kernelci_lab', 'sqlite_autoindex_kernelci_lab_1', '1000000 1'),
  ('kernelci_lab', 'sqlite_autoindex_kernelci_lab_2', '1000 1');
-- down
drop index job_no_kernelci_device_type;
drop index job_no_kernelci_mach;
drop index job_no_kernelci_git_branch;
drop index job_no_kernelci_defconfig_full;
drop index job_no_kernelci_build_environment;
drop index job_no_kernelci_board;
drop index job_no_kernelci_arch;
drop index build_no_kernelci_git_branch;
drop index build_no_kernelci_defconfig_full;
drop index build_no_kernelci_build_environment;
drop index event_no_kernelci_git_branch;
drop table kernelci_lab;
drop table kernelci_token;
drop table kernelci_statistics;
drop table kernelci_job_log;
drop table kernelci_build_log;
drop table kernelci_test_regression;
drop table kernelci_test_case;
drop index job_kernelci_device_type;
drop index job_kernelci_mach;
drop index job_kernelci_git_branch;
drop index job_kernelci_defconfig_full;
drop index job_kernelci_defconfig;
drop index job_kernelci_build_environment;
drop index job_kernelci_board;
drop index job_kernelci_arch;
drop index job_kernelci_kernel;
drop index job_kernelci_build;
drop index job_kernelci_job;
drop index job_kernelci_collection;
drop index build_kernelci_git_branch;
drop index build_kernelci_defconfig_full;
drop index build_kernelci_defconfig;
drop index build_kernelci_build_environment;
drop index build_kernelci_arch;
drop index build_kernelci_kernel;
drop index build_kernelci_job;
drop index event_kernelci_git_branch;
drop index event_kernelci_kernel;
drop index job_requester_created;
drop index job_project_created;
drop index build_project_submitted;
drop index event_project_created;
alter table job drop column kernelci_document;
alter table job drop column kernelci_rest;
alter table job drop column kernelci_warnings;
alter table job drop column kernelci_retries;
alter table job drop column kernelci_device_type;
alter table job drop column kernelci_mach;
alter table job drop column kernelci_git_describe;
alter table job drop column kernelci_git_commit;
alter table job drop column kernelci_git_branch;
alter table job drop column kernelci_defconfig_full;
alter table job drop column kernelci_defconfig;
alter table job drop column kernelci_build_environment;
alter table job drop column kernelci_board;
alter table job drop column kernelci_arch;
alter table job drop column kernelci_kernel;
alter table job drop column kernelci_build_id;
alter table job drop column kernelci_job_id;
alter table job drop column kernelci_collection;
alter table build drop column kernelci_document;
alter table build drop column kernelci_rest;
alter table build drop column kernelci_warnings;
alter table build drop column kernelci_errors;
alter table build drop column kernelci_compiler_version;
alter table build drop column kernelci_compiler;
alter table build drop column kernelci_kernel_version;
alter table build drop column kernelci_git_describe;
alter table build drop column kernelci_git_commit;
alter table build drop column kernelci_git_branch;
alter table build drop column kernelci_defconfig_full;
alter table build drop column kernelci_defconfig;
alter table build drop column kernelci_build_environment;
alter table build drop column kernelci_arch;
alter table build drop column kernelci_kernel;
alter table build drop column kernelci_job_id;
alter table event drop column kernelci_document;
alter table event drop column kernelci_rest;
alter table event drop column kernelci_private;
alter table event drop column kernelci_kernel_version;
alter table event drop column kernelci_git_describe;
alter table event drop column kernelci_git_commit;
alter table event drop column kernelci_git_branch;
alter table event drop column kernelci_kernel;

-- Lists of one project or requester by time, in any system.
create index event_project_created on event (project_id, created_at, id) where project_id is not null;
create index build_project_submitted on build (project_id, submitted_at, id) where project_id is not null;
create index job_project_created on job (project_id, created_at, id) where project_id is not null;
create index job_requester_created on job (requester, created_at, id) where requester is not null;

-- In each table: columns for what is asked for often, `rest` for what else can be asked for (JSON object of plain
-- values), `document` for the whole document as the old API shows it.
alter table event add column kernelci_kernel text collate "C";
alter table event add column kernelci_git_branch text collate "C";
alter table event add column kernelci_git_commit text collate "C";
alter table event add column kernelci_git_describe text collate "C";
alter table event add column kernelci_kernel_version text collate "C";
alter table event add column kernelci_private boolean;
alter table event add column kernelci_rest jsonb;
alter table event add column kernelci_document text collate "C";
create index event_kernelci_kernel on event (kernelci_kernel, created_at, id) where kernelci_kernel is not null;
create index event_kernelci_git_branch on event (kernelci_git_branch, created_at, id) where kernelci_git_branch is not null;

-- Reference as it was given; it may name a job that is not here.
alter table build add column kernelci_job_id text collate "C";
alter table build add column kernelci_kernel text collate "C";
alter table build add column kernelci_arch text collate "C";
alter table build add column kernelci_build_environment text collate "C";
alter table build add column kernelci_defconfig text collate "C";
alter table build add column kernelci_defconfig_full text collate "C";
alter table build add column kernelci_git_branch text collate "C";
alter table build add column kernelci_git_commit text collate "C";
alter table build add column kernelci_git_describe text collate "C";
alter table build add column kernelci_kernel_version text collate "C";
alter table build add column kernelci_compiler text collate "C";
alter table build add column kernelci_compiler_version text collate "C";
alter table build add column kernelci_errors bigint;
alter table build add column kernelci_warnings bigint;
alter table build add column kernelci_rest jsonb;
alter table build add column kernelci_document text collate "C";
create index build_kernelci_job on build (kernelci_job_id, submitted_at, id) where kernelci_job_id is not null;
create index build_kernelci_kernel on build (kernelci_kernel, submitted_at, id) where kernelci_kernel is not null;
create index build_kernelci_arch on build (kernelci_arch, submitted_at, id) where kernelci_arch is not null;
create index build_kernelci_build_environment on build (kernelci_build_environment, submitted_at, id) where kernelci_build_environment is not null;
create index build_kernelci_defconfig on build (kernelci_defconfig, submitted_at, id) where kernelci_defconfig is not null;
create index build_kernelci_defconfig_full on build (kernelci_defconfig_full, submitted_at, id) where kernelci_defconfig_full is not null;
create index build_kernelci_git_branch on build (kernelci_git_branch, submitted_at, id) where kernelci_git_branch is not null;

-- 1 boot, 2 test group.
alter table job add column kernelci_collection smallint;
alter table job add column kernelci_job_id text collate "C";
alter table job add column kernelci_build_id text collate "C";
alter table job add column kernelci_kernel text collate "C";
alter table job add column kernelci_arch text collate "C";
alter table job add column kernelci_board text collate "C";
alter table job add column kernelci_build_environment text collate "C";
alter table job add column kernelci_defconfig text collate "C";
alter table job add column kernelci_defconfig_full text collate "C";
alter table job add column kernelci_git_branch text collate "C";
alter table job add column kernelci_git_commit text collate "C";
alter table job add column kernelci_git_describe text collate "C";
alter table job add column kernelci_mach text collate "C";
alter table job add column kernelci_device_type text collate "C";
alter table job add column kernelci_retries bigint;
alter table job add column kernelci_warnings bigint;
alter table job add column kernelci_rest jsonb;
alter table job add column kernelci_document text collate "C";
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
  id bigint primary key generated by default as identity,
  oid text collate "C" not null unique,
  created_at bigint not null,
  test_group_id text collate "C",
  job text collate "C",
  kernel text collate "C",
  status text collate "C",
  rest jsonb not null,
  document text collate "C" not null
);
create index kernelci_test_case_created on kernelci_test_case (created_at, id);
create index kernelci_test_case_group on kernelci_test_case (test_group_id, id) where test_group_id is not null;
create index kernelci_test_case_job on kernelci_test_case (job, created_at, id) where job is not null;
create index kernelci_test_case_kernel on kernelci_test_case (kernel, created_at, id) where kernel is not null;

create table kernelci_test_regression (
  id bigint primary key generated by default as identity,
  oid text collate "C" not null unique,
  created_at bigint not null,
  job text collate "C",
  kernel text collate "C",
  rest jsonb not null,
  document text collate "C" not null
);
create index kernelci_test_regression_created on kernelci_test_regression (created_at, id);
create index kernelci_test_regression_job on kernelci_test_regression (job, created_at, id) where job is not null;
create index kernelci_test_regression_kernel on kernelci_test_regression (kernel, created_at, id) where kernel is not null;

create table kernelci_build_log (
  id bigint primary key generated by default as identity,
  oid text collate "C" not null unique,
  created_at bigint not null,
  build_id text collate "C",
  job_id text collate "C",
  job text collate "C",
  kernel text collate "C",
  rest jsonb not null,
  document text collate "C" not null
);
create index kernelci_build_log_created on kernelci_build_log (created_at, id);
create index kernelci_build_log_build on kernelci_build_log (build_id, id) where build_id is not null;
create index kernelci_build_log_job on kernelci_build_log (job_id, id) where job_id is not null;
create index kernelci_build_log_kernel on kernelci_build_log (kernel, created_at, id) where kernel is not null;

create table kernelci_job_log (
  id bigint primary key generated by default as identity,
  oid text collate "C" not null unique,
  created_at bigint not null,
  job_id text collate "C",
  job text collate "C",
  kernel text collate "C",
  rest jsonb not null,
  document text collate "C" not null
);
create index kernelci_job_log_created on kernelci_job_log (created_at, id);
create index kernelci_job_log_job on kernelci_job_log (job_id, id) where job_id is not null;
create index kernelci_job_log_kernel on kernelci_job_log (kernel, created_at, id) where kernel is not null;

create table kernelci_statistics (
  id bigint primary key generated by default as identity,
  oid text collate "C" not null unique,
  created_at bigint not null,
  rest jsonb not null,
  document text collate "C" not null
);
create index kernelci_statistics_created on kernelci_statistics (created_at, id);

-- Secrets that old clients hold: looked up by hash, kept encrypted because the API shows them again.
create table kernelci_token (
  id bigint primary key generated by default as identity,
  oid text collate "C" not null unique,
  created_at bigint not null,
  -- SHA-256 of the token, as hexadecimal text.
  token_hash text collate "C" not null unique,
  token_sealed text collate "C" not null,
  email text collate "C" not null,
  username text collate "C",
  expired boolean not null,
  expires_at bigint,
  -- Bit n: element n of `properties`.
  properties integer not null,
  rest jsonb not null,
  -- The document without the token.
  document text collate "C" not null
);
create index kernelci_token_email on kernelci_token (email, id);

create table kernelci_lab (
  id bigint primary key generated by default as identity,
  oid text collate "C" not null unique,
  created_at bigint not null,
  updated_at bigint,
  name text collate "C" not null unique,
  private boolean not null,
  token_oid text collate "C",
  rest jsonb not null,
  document text collate "C" not null
);
create index kernelci_lab_token on kernelci_lab (token_oid) where token_oid is not null;
-- Equality on whatever has no column.
create index event_kernelci_rest on event using gin (kernelci_rest jsonb_path_ops);
create index build_kernelci_rest on build using gin (kernelci_rest jsonb_path_ops);
create index job_kernelci_rest on job using gin (kernelci_rest jsonb_path_ops);
create index kernelci_test_case_rest on kernelci_test_case using gin (rest jsonb_path_ops);
create index kernelci_test_regression_rest on kernelci_test_regression using gin (rest jsonb_path_ops);
create index kernelci_build_log_rest on kernelci_build_log using gin (rest jsonb_path_ops);
create index kernelci_job_log_rest on kernelci_job_log using gin (rest jsonb_path_ops);
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
drop index event_kernelci_rest;
drop index build_kernelci_rest;
drop index job_kernelci_rest;
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

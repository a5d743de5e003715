alter table event add column freshmaker_message_id text;
alter table event add column freshmaker_search_key text;
alter table event add column freshmaker_event_type_id integer;
alter table event add column freshmaker_dry_run integer;
alter table event add column freshmaker_requested_rebuilds text;
alter table event add column freshmaker_requester_metadata text;
create unique index event_freshmaker_message_id on event (freshmaker_message_id) where freshmaker_message_id is not null;
create index event_freshmaker_search_key on event (freshmaker_search_key, id) where freshmaker_search_key is not null;
create index event_freshmaker_event_type_id on event (freshmaker_event_type_id, id) where freshmaker_event_type_id is not null;

alter table build add column freshmaker_type integer;
alter table build add column freshmaker_original_nvr text;
alter table build add column freshmaker_rebuilt_nvr text;
alter table build add column freshmaker_external_build_id integer;
alter table build add column freshmaker_depends_on_id integer references build (id) deferrable initially deferred;
alter table build add column freshmaker_build_args text;
alter table build add column freshmaker_odcs_composes text;
alter table build add column freshmaker_rebuild_reason text;
alter table build add column freshmaker_bundle_pullspec_overrides text;
create index build_freshmaker_type on build (freshmaker_type, id) where freshmaker_type is not null;
create index build_freshmaker_original_nvr on build (freshmaker_original_nvr, id) where freshmaker_original_nvr is not null;
create index build_freshmaker_rebuilt_nvr on build (freshmaker_rebuilt_nvr, id) where freshmaker_rebuilt_nvr is not null;
create index build_freshmaker_external_build_id on build (freshmaker_external_build_id, id) where freshmaker_external_build_id is not null;
create index build_freshmaker_depends_on_id on build (freshmaker_depends_on_id, id) where freshmaker_depends_on_id is not null;

-- depends_on_events, in the order recorded.
create table freshmaker_event_dependency (
  event_id integer not null references event (id) deferrable initially deferred,
  position integer not null,
  depends_on_id integer not null references event (id) deferrable initially deferred,
  primary key (event_id, position)
) strict;
create index freshmaker_event_dependency_inverse on freshmaker_event_dependency (depends_on_id, event_id);

-- The image catalogue of verify-image. JSON columns hold arrays of texts.
create table freshmaker_repository (
  registry text not null,
  repository text not null,
  release_categories text not null,
  published integer not null,
  auto_rebuild_tags text,
  primary key (repository, registry)
) strict;

create table freshmaker_image (
  id integer primary key,
  nvr text not null,
  architecture text not null,
  content_sets text not null,
  unique (nvr, architecture)
) strict;

create table freshmaker_image_repository (
  image_id integer not null references freshmaker_image (id),
  position integer not null,
  registry text not null,
  repository text not null,
  published integer not null,
  tags text not null,
  primary key (image_id, position)
) strict;
create index freshmaker_image_repository_name on freshmaker_image_repository (repository);
insert into sqlite_stat1 (tbl, idx, stat) values
  ('event', 'event_freshmaker_message_id', '1000000 1'),
  ('event', 'event_freshmaker_search_key', '1000000 10 1'),
  ('event', 'event_freshmaker_event_type_id', '1000000 50000 1'),
  ('build', 'build_freshmaker_type', '1000000 250000 1'),
  ('build', 'build_freshmaker_original_nvr', '1000000 10 1'),
  ('build', 'build_freshmaker_rebuilt_nvr', '1000000 1 1'),
  ('build', 'build_freshmaker_external_build_id', '1000000 1 1'),
  ('build', 'build_freshmaker_depends_on_id', '1000000 2 1');
-- down
drop table freshmaker_image_repository;
drop table freshmaker_image;
drop table freshmaker_repository;
drop table freshmaker_event_dependency;
drop index event_freshmaker_message_id;
drop index event_freshmaker_search_key;
drop index event_freshmaker_event_type_id;
drop index build_freshmaker_type;
drop index build_freshmaker_original_nvr;
drop index build_freshmaker_rebuilt_nvr;
drop index build_freshmaker_external_build_id;
drop index build_freshmaker_depends_on_id;
alter table build drop column freshmaker_type;
alter table build drop column freshmaker_original_nvr;
alter table build drop column freshmaker_rebuilt_nvr;
alter table build drop column freshmaker_external_build_id;
alter table build drop column freshmaker_depends_on_id;
alter table build drop column freshmaker_build_args;
alter table build drop column freshmaker_odcs_composes;
alter table build drop column freshmaker_rebuild_reason;
alter table build drop column freshmaker_bundle_pullspec_overrides;
alter table event drop column freshmaker_message_id;
alter table event drop column freshmaker_search_key;
alter table event drop column freshmaker_event_type_id;
alter table event drop column freshmaker_dry_run;
alter table event drop column freshmaker_requested_rebuilds;
alter table event drop column freshmaker_requester_metadata;

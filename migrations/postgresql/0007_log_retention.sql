-- Sequence up to which the change log was trimmed: what is kept comes behind it.
alter table change_log_head add column trimmed_to bigint not null default 0;
-- down
alter table change_log_head drop column trimmed_to;

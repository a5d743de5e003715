-- What ended when, for charts: they count what ended within a range of time, by all that they tell it apart by, and read
-- no record for that.
create index event_finished on event (finished_at, state, system, project_id, started_at) where finished_at is not null;
create index build_finished on build (finished_at, state, system, project_id, started_at) where finished_at is not null;
create index job_finished on job (finished_at, state, system, project_id, started_at) where finished_at is not null;
-- down
drop index job_finished;
drop index build_finished;
drop index event_finished;

-- How often which client called a route of an old REST API on a day in UTC. Written by the gateways in batches that add up.
create table legacy_route_use (
  id integer primary key,
  -- Days since 1970-01-01.
  day integer not null,
  system integer not null,
  -- The documented URI below the mount; 'none' for a URI that the system does not have.
  route text not null,
  method text not null,
  -- Empty where the client does not name itself; 'other' for all that came when there were too many.
  user_agent text not null,
  requests integer not null,
  client_errors integer not null,
  server_errors integer not null,
  -- Microseconds since 1970.
  first_at integer not null,
  last_at integer not null,
  unique (day, system, route, method, user_agent)
) strict;
-- down
drop table legacy_route_use;

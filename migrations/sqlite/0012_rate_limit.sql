-- What callers have asked for in the minute that runs, where gateways count together. Names and order of the columns are
-- those of the library rate-limiter-flexible, which writes here.
create table rate_limit (
  -- Whose requests they are: 'caller:user 7', 'address:192.0.2.7'.
  key text primary key,
  points integer not null,
  -- End of the minute, milliseconds since 1970.
  expire integer
) strict;
-- down
drop table rate_limit;

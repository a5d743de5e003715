-- What people tell tokens apart by, what they are narrowed to, and when they were used last. Those made before have neither
-- the beginning of their text nor a name.
alter table api_token add column prefix text;
alter table api_token add column name text;
alter table api_token add column scopes text;
alter table api_token add column last_used_at integer;
-- down
alter table api_token drop column last_used_at;
alter table api_token drop column scopes;
alter table api_token drop column name;
alter table api_token drop column prefix;

-- What the end of every transaction with a state change does, for pgbench on a migrated database:
--   pgbench --no-vacuum --client 8 --jobs 2 --time 20 --file test/bench/change-log.sql DATABASE
-- Its transactions per second are the most that one log takes, since the head's row is locked until the commit.
\set record random(1, 1000000)
BEGIN;
UPDATE change_log_head SET sequence = sequence + 2 WHERE id = 1
  RETURNING sequence AS head, pg_notify('buildgate_commit', 'bench') \gset
INSERT INTO change_log (sequence, system, kind, record_id, from_state, to_state, reason, actor, at, deleted)
  VALUES (:head - 1, 1, 2, :record, 2, 4, 'Built as bench-1.', 'worker-1', 1700000000000000, false);
INSERT INTO outbox_message (sequence, system, topic, body)
  VALUES (:head, 1, 'VirtualTopic.eng.freshmaker.build.state.changed', repeat('x', 600));
INSERT INTO state_count (system, kind, state, total) VALUES (1, 2, 2, -1), (1, 2, 4, 1)
  ON CONFLICT (system, kind, state) DO UPDATE SET total = state_count.total + excluded.total;
COMMIT;

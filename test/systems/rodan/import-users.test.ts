import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashToken } from '../../../src/core/auth/kept-token.js';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { checkPassword } from '../../../src/core/auth/passwords.js';
import { sql } from '../../../src/core/store/sql.js';
import { example, importDatabase, link, run, runJob, uuid, type Dump, type ImportDatabase } from './import-support.js';

let database: ImportDatabase;
beforeEach(async () => {
  database = await importDatabase();
});
afterEach(() => database.drop());

/** A project of somebody who has made one of everything with a user in it. */
const owned = (name: string, number: number): Dump => {
  const dump = example();
  const project = { ...dump.projects![0], uuid: uuid('b1', number), creator: name, admins: [name], workers: [name] };
  const inProject = { project: link('project', uuid('b1', number)), creator: name };
  return {
    projects: [project],
    workflows: [{ ...dump.workflows![0], uuid: uuid('b2', number), ...inProject }],
    resources: [{ ...dump.resources![0], uuid: uuid('c1', number), ...inProject }],
    workflowruns: [run(number, inProject)],
    runjobs: [runJob(number, { workflow_run: link('workflowrun', uuid('d1', number)) })],
  };
};
const user = (name: string, number: number, more: object = {}) => ({
  url: link('user', number),
  username: name,
  ...more,
});

/** Whose everything is, by name; each name as often as there are columns with users. */
async function owners(number: number): Promise<unknown[]> {
  const rows = await database.rows(`SELECT m.name AS name, owned.what AS what FROM (
      SELECT creator_number AS number, 'project' AS what FROM rodan_project WHERE uuid = '${uuid('b1', number)}'
      UNION ALL SELECT user_number, 'member' FROM rodan_project_member WHERE project_uuid = '${uuid('b1', number)}'
      UNION ALL SELECT creator_number, 'workflow' FROM rodan_workflow WHERE uuid = '${uuid('b2', number)}'
      UNION ALL SELECT creator_number, 'resource' FROM rodan_resource WHERE uuid = '${uuid('c1', number)}'
      UNION ALL SELECT rodan_creator_number, 'run' FROM build WHERE legacy_id = '${uuid('d1', number)}'
    ) owned JOIN rodan_user u ON u.number = owned.number JOIN member m ON m.id = u.id ORDER BY what`);
  return rows.map(({ name, what }) => `${String(what)} of ${String(name)}`);
}
const everythingOf = (name: string): string[] =>
  ['member', 'member', 'project', 'resource', 'run', 'workflow'].map((what) => `${what} of ${name}`);
const numbers = () =>
  database.rows(
    'SELECT m.name AS name, u.number AS number FROM rodan_user u JOIN member m ON m.id = u.id ORDER BY m.id',
  );

it('the password that was imported is right', async () => {
  await database.take(example());
  const [mia] = await database.rows("SELECT password_hash FROM member WHERE name = 'mia'");
  expect(await checkPassword(String(mia?.password_hash), 'lamp')).toBe('outdated');
  expect(await checkPassword(String(mia?.password_hash), 'Lamp')).toBe('wrong');
});

it('a user who exists is matched by name and gets the imported id, wherever it is', async () => {
  await database.take({ ...example(), users: [user('mia', 1), user('ole', 2)] });
  await database.take(owned('mia', 20));
  await database.take({ users: [user('mia', 7, { email: 'mia@example.org', is_staff: true })] });
  expect(await numbers()).toEqual([
    { name: 'mia', number: 7 },
    { name: 'ole', number: 2 },
  ]);
  expect(await owners(20)).toEqual(everythingOf('mia'));
  expect(await database.rows('SELECT email, staff FROM rodan_user WHERE number = 7')).toEqual([
    { email: 'mia@example.org', staff: 1 },
  ]);
});

it('users may exchange their ids, and who has one that the file gives to somebody else gets the next free one', async () => {
  await database.take({ ...example(), users: [user('mia', 1), user('ole', 2), user('zoe', 3)] });
  for (const [index, name] of ['mia', 'ole', 'zoe'].entries()) await database.take(owned(name, 20 + index));
  await database.take({ users: [user('mia', 2), user('ole', 1), user('ida', 3)] });
  expect(await numbers()).toEqual([
    { name: 'mia', number: 2 },
    { name: 'ole', number: 1 },
    { name: 'zoe', number: 4 },
    { name: 'ida', number: 3 },
  ]);
  for (const [index, name] of ['mia', 'ole', 'zoe'].entries()) {
    expect(await owners(20 + index)).toEqual(everythingOf(name));
  }
});

it('users keep their own tokens, those of the file are good besides; one without a token gets that of the file', async () => {
  const columns = 'SELECT token_hash, token_sealed, imported_token_hash FROM rodan_user ORDER BY number';
  await database.take({ users: [user('mia', 1, { token: 'own-token' }), user('ole', 2)] });
  const [own] = await database.rows(columns);
  const users = [user('mia', 7, { token: 'old-token' }), user('ole', 9, { token: 'token-of-ole' })];
  await database.take({ users });
  const after = await database.rows(columns);
  expect(after).toEqual([
    { ...own, token_hash: hashToken('own-token'), imported_token_hash: hashToken('old-token') },
    {
      token_hash: hashToken('token-of-ole'),
      token_sealed: expect.any(String) as string,
      imported_token_hash: null,
    },
  ]);
  await database.take({ users });
  expect(await database.rows(columns)).toEqual(after);
  for (const token of ['own-token', 'old-token']) {
    await expect(database.take({ users: [user('zoe', 3, { token })] })).rejects.toThrow(
      'users[0] (username zoe): token: "mia" has the same here.',
    );
  }
});

it('a password that was changed since the import stays, also when the file comes again', async () => {
  await database.take(example());
  await database.store.transact(ANONYMOUS, (transaction) =>
    transaction.all(sql`UPDATE member SET password_hash = 'md5$a$5d41402abc4b2a76b9719d911017c592' WHERE name = 'mia'`),
  );
  const before = await database.content();
  await database.take(example());
  expect(await database.content()).toEqual(before);
});

it('a user without a password and one whose password is marked as unusable have none', async () => {
  await database.take({ users: [user('mia', 1, { password: '!' }), user('ole', 2), user('zoe', 3, { password: '' })] });
  expect(await database.rows('SELECT COUNT(*) AS total FROM member WHERE password_hash IS NULL')).toEqual([
    { total: 3 },
  ]);
});

it('users who are named may be in the database only', async () => {
  await database.take({ users: example().users });
  const { users: _users, ...others } = example();
  await database.take(others);
  expect(await database.rows('SELECT creator_number FROM rodan_project')).toEqual([{ creator_number: 7 }]);
});

it('a working user is found by number', async () => {
  const dump = example();
  dump.runjobs = [
    ...dump.runjobs!,
    runJob(5, { status: 2, working_user: link('user', 9), working_user_expiry: '2016-01-05T00:00:15.5Z' }),
  ];
  await database.take(dump);
  const [row] = await database.rows(
    `SELECT rodan_working_user_number AS number, rodan_working_user_expiry AS expiry FROM job WHERE rodan_status = 2`,
  );
  expect(row).toEqual({ number: 9, expiry: Date.parse('2016-01-05T00:00:15.5Z') * 1000 });
});

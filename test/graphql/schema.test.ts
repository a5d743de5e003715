import { readFileSync } from 'node:fs';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  type GraphQLNamedType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { gatewaySchema } from '../../src/app.js';
import { printedSchema } from '../../src/core/graphql/schema.js';

const text = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(text);

/** Names of fields, or of input members, with their types. */
function fieldsOf(name: string): Record<string, string> {
  const type = schema.getType(name);
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) throw new Error(`No fields: ${name}`);
  return Object.fromEntries(Object.entries(type.getFields()).map(([field, { type: of }]) => [field, String(of)]));
}

function argumentsOf(name: string, field: string): Record<string, string> {
  const type = schema.getType(name);
  if (!isObjectType(type) && !isInterfaceType(type)) throw new Error(`No arguments: ${name}`);
  return Object.fromEntries((type.getFields()[field]?.args ?? []).map((arg) => [arg.name, String(arg.type)]));
}

function valuesOf(name: string): string[] {
  const type = schema.getType(name);
  if (!isEnumType(type)) throw new Error(`No enum: ${name}`);
  return type.getValues().map((value) => value.name);
}

/** Paths of everything in a type that has no description. */
function undescribed(type: GraphQLNamedType): string[] {
  const found = type.description ? [] : [type.name];
  const note = (path: string, description: string | null | undefined) => {
    if (!description) found.push(path);
  };
  if (isEnumType(type)) for (const value of type.getValues()) note(`${type.name}.${value.name}`, value.description);
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      note(`${type.name}.${field.name}`, field.description);
      for (const arg of 'args' in field ? field.args : [])
        note(`${type.name}.${field.name}(${arg.name})`, arg.description);
    }
  }
  return found;
}

const PAGE = { first: 'Int', after: 'String', last: 'Int', before: 'String' };
const COMMON = {
  id: 'ID!',
  system: 'System!',
  legacyId: 'String!',
  name: 'String!',
  state: 'State!',
  stateReason: 'String',
  project: 'Project',
  requester: 'String',
  tags: '[String!]!',
  startedAt: 'DateTime',
  finishedAt: 'DateTime',
  changes: 'StateChangeConnection!',
};

describe('the schema', () => {
  it('is the one that is kept in the repository', async () => {
    expect(printedSchema(await gatewaySchema())).toBe(text);
  });

  it('describes every type, field, argument, input member and enum value', () => {
    const own = Object.values(schema.getTypeMap()).filter(
      (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
    );
    expect(own.length).toBeGreaterThan(50);
    expect(own.flatMap(undescribed)).toEqual([]);
  });

  it('has the enums that clients rely on', () => {
    expect(valuesOf('System').toSorted()).toEqual(['BUILDAPI', 'DEVMASON', 'FRESHMAKER', 'KERNELCI', 'RODAN']);
    expect(valuesOf('Kind').toSorted()).toEqual(['BUILD', 'EVENT', 'JOB']);
    const states = ['CANCELED', 'FAILED', 'PLANNED', 'QUEUED', 'RUNNING', 'SKIPPED', 'SUCCEEDED', 'UNKNOWN'];
    expect(valuesOf('State').toSorted()).toEqual(states);
  });

  it('has the fields of events, builds and jobs', () => {
    const event = { createdAt: 'DateTime', builds: 'BuildConnection!', buildCounts: 'StateCounts!' };
    const build = { submittedAt: 'DateTime!', event: 'Event', dependsOn: '[Build!]!', jobs: 'JobConnection!' };
    const job = { createdAt: 'DateTime!', event: 'Event', build: 'Build' };
    expect(fieldsOf('Node')).toEqual({ id: 'ID!' });
    expect(fieldsOf('Event')).toEqual({ ...COMMON, ...event });
    expect(fieldsOf('Build')).toEqual({ ...COMMON, ...build });
    expect(fieldsOf('Job')).toEqual({ ...COMMON, ...job });
    expect(fieldsOf('FreshmakerEvent')).toMatchObject({ ...COMMON, ...event, messageId: 'String!' });
    expect(fieldsOf('FreshmakerBuild')).toMatchObject({ ...COMMON, ...build, externalBuildId: 'SafeInt' });
  });

  it('has the entry points with their arguments', () => {
    const { node, nodes, viewer, event, build, job, events, builds, jobs, projects, project, stateChanges } =
      fieldsOf('Query');
    expect({ node, nodes, viewer }).toEqual({ node: 'Node', nodes: '[Node]!', viewer: 'User' });
    expect({ event, build, job, project }).toEqual({ event: 'Event', build: 'Build', job: 'Job', project: 'Project' });
    expect({ events, builds, jobs }).toEqual({
      events: 'EventConnection!',
      builds: 'BuildConnection!',
      jobs: 'JobConnection!',
    });
    expect({ projects, stateChanges }).toEqual({
      projects: 'ProjectConnection!',
      stateChanges: 'StateChangeConnection!',
    });
    for (const one of ['event', 'build', 'job', 'project']) {
      expect(argumentsOf('Query', one)).toEqual({ system: 'System!', legacyId: 'String!' });
    }
    const lists = { events: 'Event', builds: 'Build', jobs: 'Job', projects: 'Project' };
    for (const [list, noun] of Object.entries(lists)) {
      const filters = { filter: `${noun}Filter`, orderBy: `[${noun}Order!]` };
      expect(argumentsOf('Query', list)).toEqual({ ...PAGE, ...filters, offset: 'Int' });
    }
    expect(argumentsOf('Event', 'builds')).toEqual(argumentsOf('Query', 'builds'));
    expect(argumentsOf('Build', 'jobs')).toEqual(argumentsOf('Query', 'jobs'));
    expect(argumentsOf('Query', 'stateChanges')).toEqual({
      filter: 'StateChangeFilter',
      first: 'Int',
      after: 'String',
    });
  });

  it('has connections of one form', () => {
    for (const noun of ['Event', 'Build', 'Job', 'Project', 'StateChange']) {
      const members = { edges: `[${noun}Edge!]!`, nodes: `[${noun}!]!`, pageInfo: 'PageInfo!', totalCount: 'SafeInt!' };
      expect(fieldsOf(`${noun}Connection`)).toEqual(members);
      expect(fieldsOf(`${noun}Edge`)).toEqual({ cursor: 'String!', node: `${noun}!` });
    }
  });

  it('has the transitions of agents and the subscriptions', () => {
    for (const noun of ['Event', 'Build', 'Job']) {
      expect(fieldsOf('Mutation')[`transition${noun}`]).toBe(`${noun}!`);
      expect(argumentsOf('Mutation', `transition${noun}`)).toEqual({ id: 'ID!', to: 'State!', reason: 'String' });
      const name = `${noun.toLowerCase()}StateChanged`;
      expect(argumentsOf('Subscription', name)).toEqual({ filter: `${noun}Filter`, after: 'String' });
    }
    expect(argumentsOf('Subscription', 'stateChanged')).toEqual({ filter: 'StateChangeFilter', after: 'String' });
    expect(fieldsOf('StateChange')).toEqual({
      cursor: 'String!',
      at: 'DateTime!',
      system: 'System!',
      kind: 'Kind!',
      from: 'State',
      to: 'State!',
      deleted: 'Boolean!',
      recordId: 'ID!',
      reason: 'String',
      actor: 'String',
      event: 'Event',
      build: 'Build',
      job: 'Job',
    });
  });

  it('has the changes of projects as a subscription', () => {
    expect(argumentsOf('Subscription', 'projectChanged')).toEqual({ system: 'System', after: 'String' });
    expect(valuesOf('ProjectChangeKind').toSorted()).toEqual(['CREATED', 'DELETED', 'UPDATED']);
    expect(fieldsOf('ProjectChange')).toEqual({
      cursor: 'String!',
      at: 'DateTime!',
      actor: 'String',
      system: 'System!',
      change: 'ProjectChangeKind!',
      projectId: 'ID!',
      project: 'Project',
    });
  });
});

import { registerEnumType } from 'type-graphql';
import { Kind, ProjectChangeKind, State, System } from '../model/states.js';

/** Direction of one key of an order. */
export enum OrderDirection {
  ASC = 'ASC',
  /** @public chosen by clients only */
  DESC = 'DESC',
}

/** Place of nulls in one key of an order. */
export enum NullsOrder {
  /** @public chosen by clients only */
  FIRST = 'FIRST',
  /** @public chosen by clients only */
  LAST = 'LAST',
}

registerEnumType(System, {
  name: 'System',
  description: 'A legacy build system.',
  valuesConfig: {
    FRESHMAKER: { description: 'Freshmaker: rebuild events and artifact builds.' },
    BUILDAPI: { description: 'Mozilla buildapi: pushes, build requests and job requests.' },
    DEVMASON: { description: 'Devmason: reported builds and their steps.' },
    RODAN: { description: 'Rodan: workflow runs and run jobs.' },
    KERNELCI: { description: 'KernelCI: kernel jobs, builds, boots and tests.' },
  },
});

registerEnumType(State, {
  name: 'State',
  description: 'Where a record stands, in one vocabulary for all systems.',
  valuesConfig: {
    PLANNED: { description: 'Decided on, not yet handed to anybody.' },
    QUEUED: { description: 'Waiting to be worked on.' },
    RUNNING: { description: 'Being worked on.' },
    SUCCEEDED: { description: 'Ended well.' },
    FAILED: { description: 'Ended badly.' },
    CANCELED: { description: 'Ended because somebody asked for it.' },
    SKIPPED: { description: 'Ended without being worked on.' },
    UNKNOWN: { description: 'The system does not say.' },
  },
});

registerEnumType(Kind, {
  name: 'Kind',
  description: 'Kind of record.',
  valuesConfig: {
    EVENT: { description: 'The cause of work.' },
    BUILD: { description: 'One thing that is built.' },
    JOB: { description: 'One piece of work.' },
  },
});

registerEnumType(ProjectChangeKind, {
  name: 'ProjectChangeKind',
  description: 'What happened to a project.',
  valuesConfig: {
    CREATED: { description: 'It is new.' },
    UPDATED: { description: 'What is known about it changed, such as its name.' },
    DELETED: { description: 'It is gone, with everything that belonged to it.' },
  },
});

registerEnumType(OrderDirection, {
  name: 'OrderDirection',
  description: 'Direction of an order.',
  valuesConfig: {
    ASC: { description: 'Smallest first; nulls last if nothing else is said.' },
    DESC: { description: 'Largest first; nulls first if nothing else is said.' },
  },
});

registerEnumType(NullsOrder, {
  name: 'NullsOrder',
  description: 'Place of what has no value in an order.',
  valuesConfig: {
    FIRST: { description: 'Before all values.' },
    LAST: { description: 'Behind all values.' },
  },
});

import type { Dialect, QueryParameter, Route } from '../../../server/dialect.js';
import type { FreshmakerMetrics } from '../metrics.js';
import { freshmakerAnswers } from './answers.js';
import {
  about,
  codeList,
  getBuild,
  getEvent,
  getPullspecOverrides,
  listBuilds,
  listEvents,
  singleCode,
  verifyImage,
  verifyImageRepository,
} from './reads.js';
import { cancelEvent, requestRebuild } from './writes.js';

/** Freshmaker's REST interface, API versions 1 and 2, after its API document of 2019 (contract freshmaker section 2). */
export function freshmakerDialect(metrics: FreshmakerMetrics): Dialect {
  return {
    system: 'freshmaker',
    prefix: '/freshmaker',
    title: 'Freshmaker',
    operations: new URL('./operations.graphql', import.meta.url),
    routes: [...codeRoutes, ...timedRoutes(metrics), ...writeRoutes, ...otherRoutes(metrics)],
    ...freshmakerAnswers,
  };
}

const version = ['1', '2'];
const collection = { version };
const item = { version, id: 'digits' } as const;

const codeRoutes = [
  ...codeTable('event-types', 'FreshmakerEventTypes', 'event type'),
  ...codeTable('build-types', 'FreshmakerBuildTypes', 'build type'),
  ...codeTable('build-states', 'FreshmakerBuildStates', 'build state'),
];

function codeTable(path: string, operation: string, noun: string): Route[] {
  return [
    {
      method: 'GET',
      uri: `/api/{version}/${path}/`,
      parameters: collection,
      summary: `All ${noun}s`,
      operations: [operation],
      answers: { 200: `Every ${noun}, by id` },
      handle: codeList(operation),
    },
    {
      method: 'GET',
      uri: `/api/{version}/${path}/{id}`,
      parameters: item,
      summary: `One ${noun}`,
      operations: [operation],
      answers: { 200: `The ${noun}`, 404: `No such ${noun} found.` },
      handle: singleCode(operation, `No such ${noun} found.`),
    },
  ];
}

const paging: readonly QueryParameter[] = [
  { name: 'page', description: 'Page number, from 1' },
  { name: 'per_page', description: 'Items on a page, 10 unless told, no maximum' },
  { name: 'order_by', description: 'One key, with "-" in front for descending; "-id" unless told' },
];

const fullForm: QueryParameter = {
  name: 'show_full_json',
  description: 'True: with whole builds; False: with their counts',
};

const eventFilters: readonly QueryParameter[] = [
  { name: 'message_id', description: 'Exact message id', repeatable: true },
  { name: 'search_key', description: 'Exact search key', repeatable: true },
  { name: 'event_type_id', description: 'Number of an event type', repeatable: true },
  { name: 'state', description: 'Number or name of an event state', repeatable: true },
  { name: 'requester', description: 'Exact user name', repeatable: true },
];

const buildFilters: readonly QueryParameter[] = [
  { name: 'type', description: 'Number or name of an artifact type' },
  { name: 'state', description: 'Number or name of an artifact build state' },
  { name: 'event_id', description: 'Id of the event' },
  { name: 'dep_on_id', description: 'Id of the build it depends on' },
  { name: 'build_id', description: 'Number of the task in the external build system' },
  { name: 'name', description: 'Exact name' },
  { name: 'original_nvr', description: 'Exact NVR before the rebuild' },
  { name: 'rebuilt_nvr', description: 'Exact NVR after the rebuild' },
  { name: 'event_type_id', description: "Number of the event's type" },
  { name: 'event_search_key', description: 'Exact search key of the event' },
];

/** The reads whose duration is a metric. */
function timedRoutes({ observeBuildRequest, observeEventRequest }: FreshmakerMetrics): Route[] {
  return [
    {
      method: 'GET',
      uri: '/api/{version}/events/',
      parameters: collection,
      summary: 'Events, a page at a time',
      operations: ['FreshmakerEventsFull', 'FreshmakerEventsMin'],
      query: [...eventFilters, ...paging, fullForm],
      answers: { 200: 'A page of events', 400: 'Unknown state or order' },
      handle: timed(observeEventRequest, listEvents),
    },
    {
      method: 'GET',
      uri: '/api/{version}/events/{id}',
      parameters: item,
      summary: 'One event',
      operations: ['FreshmakerEventFull', 'FreshmakerEventMin'],
      query: [fullForm],
      answers: { 200: 'The event', 404: 'No such event found.' },
      handle: timed(observeEventRequest, getEvent),
    },
    {
      method: 'GET',
      uri: '/api/{version}/builds/',
      parameters: collection,
      summary: 'Artifact builds, a page at a time',
      operations: ['FreshmakerBuilds'],
      query: [...buildFilters, ...paging],
      answers: { 200: 'A page of builds', 400: 'Unknown type, state or order' },
      handle: timed(observeBuildRequest, listBuilds),
    },
    {
      method: 'GET',
      uri: '/api/{version}/builds/{id}',
      parameters: item,
      summary: 'One artifact build',
      operations: ['FreshmakerBuild'],
      answers: { 200: 'The build', 404: 'No such build found.' },
      handle: timed(observeBuildRequest, getBuild),
    },
  ];
}

const refusals = { 400: 'Refused, the message says why', 401: 'No valid credentials', 403: 'Not allowed' };

const writeRoutes: readonly Route[] = [
  {
    method: 'PATCH',
    uri: '/api/{version}/events/{id}',
    parameters: item,
    summary: 'Cancel an event and its unfinished builds',
    operations: ['FreshmakerCancelEvent'],
    access: ['freshmaker/admin', 'freshmaker/manual_rebuilder'],
    body: { kind: 'json' },
    answers: { 200: 'The event after that', ...refusals },
    handle: cancelEvent,
  },
  {
    method: 'POST',
    uri: '/api/{version}/builds/',
    parameters: collection,
    summary: 'Ask for a manual rebuild of an advisory',
    operations: ['FreshmakerRequestRebuild'],
    access: ['freshmaker/admin', 'freshmaker/manual_rebuilder'],
    body: { kind: 'json' },
    answers: { 200: 'The new event', ...refusals },
    handle: requestRebuild('FreshmakerRequestRebuild'),
  },
  {
    method: 'POST',
    uri: '/api/{version}/async-builds/',
    parameters: collection,
    summary: 'Ask for a rebuild of images without an advisory',
    operations: ['FreshmakerRequestAsyncRebuild'],
    access: ['freshmaker/admin', 'freshmaker/freshmaker_async_rebuilders'],
    body: { kind: 'json' },
    answers: { 200: 'The new event', ...refusals },
    handle: requestRebuild('FreshmakerRequestAsyncRebuild'),
  },
];

function otherRoutes(metrics: FreshmakerMetrics): Route[] {
  return [
    {
      method: 'GET',
      uri: '/api/{version}/about/',
      parameters: collection,
      summary: 'Version and authentication backend',
      operations: ['FreshmakerAbout'],
      answers: { 200: 'Both texts' },
      handle: about,
    },
    {
      method: 'GET',
      uri: '/api/{version}/verify-image/{nvr}',
      parameters: { version, nvr: 'segment' },
      summary: 'Whether an image can be rebuilt',
      operations: ['FreshmakerVerifyImage'],
      answers: { 200: 'It can, with its content sets', 400: 'It cannot, the message says why' },
      handle: verifyImage,
    },
    {
      method: 'GET',
      uri: '/api/{version}/verify-image-repository/{project}/{repository}',
      parameters: { version, project: 'segment', repository: 'segment' },
      summary: 'Whether the images of a repository can be rebuilt',
      operations: ['FreshmakerVerifyImageRepository'],
      answers: { 200: 'They can, with their content sets', 400: 'They cannot, the message says why' },
      handle: verifyImageRepository,
    },
    {
      method: 'GET',
      uri: '/api/{version}/pullspec_overrides/{id}',
      parameters: item,
      summary: 'Pullspec overrides of a bundle build',
      operations: ['FreshmakerPullspecOverrides'],
      answers: { 200: 'The stored object, or null', 404: 'No such bundle build' },
      handle: getPullspecOverrides,
    },
    {
      method: 'GET',
      uri: '/api/1/monitor/metrics',
      summary: 'Metrics for Prometheus',
      operations: [],
      answers: { 200: 'Prometheus text' },
      handle: async () => {
        const { contentType, body } = await metrics.render();
        return { status: 200, headers: { 'Content-Type': contentType }, body };
      },
    },
  ];
}

/** Tells how long a GET took; HEAD is not counted. */
function timed(observe: (seconds: number) => void, handle: Route['handle']): Route['handle'] {
  return async (request, run) => {
    const started = performance.now();
    try {
      return await handle(request, run);
    } finally {
      if (request.method === 'GET') observe((performance.now() - started) / 1000);
    }
  };
}

import type { Dialect, QueryParameter, Route } from '../../../server/dialect.js';
import type { FreshmakerMetrics } from '../metrics.js';
import { freshmakerAnswers } from './answers.js';
import { ASYNC_REBUILD, CANCELLATION, freshmakerDescription, REBUILD } from './description.js';
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
    description: freshmakerDescription,
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
      subject: 'Codes',
      operations: [operation],
      answers: { 200: `Every ${noun}, by id` },
      kept: true,
      handle: codeList(operation),
    },
    {
      method: 'GET',
      uri: `/api/{version}/${path}/{id}`,
      parameters: item,
      summary: `One ${noun}`,
      subject: 'Codes',
      operations: [operation],
      answers: { 200: `The ${noun}`, 404: `No such ${noun} found.` },
      kept: true,
      handle: singleCode(operation, `No such ${noun} found.`),
    },
  ];
}

const paging: readonly QueryParameter[] = [
  { name: 'page', description: 'Page number, from 1', values: 'integer' },
  { name: 'per_page', description: 'Items on a page, 10 unless told, no maximum', values: 'integer' },
  { name: 'order_by', description: 'One key, with "-" in front for descending; "-id" unless told' },
];

const fullForm: QueryParameter = {
  name: 'show_full_json',
  description: 'True: with whole builds; False: with their counts',
  values: ['True', 'False'],
};

const eventFilters: readonly QueryParameter[] = [
  { name: 'message_id', description: 'Exact message id', repeatable: true },
  { name: 'search_key', description: 'Exact search key', repeatable: true },
  { name: 'event_type_id', description: 'Number of an event type', values: 'integer', repeatable: true },
  { name: 'state', description: 'Number or name of an event state', repeatable: true },
  { name: 'requester', description: 'Exact user name', repeatable: true },
];

const buildFilters: readonly QueryParameter[] = [
  { name: 'type', description: 'Number or name of an artifact type' },
  { name: 'state', description: 'Number or name of an artifact build state' },
  { name: 'event_id', description: 'Id of the event', values: 'integer' },
  { name: 'dep_on_id', description: 'Id of the build it depends on', values: 'integer' },
  { name: 'build_id', description: 'Number of the task in the external build system', values: 'integer' },
  { name: 'name', description: 'Exact name' },
  { name: 'original_nvr', description: 'Exact NVR before the rebuild' },
  { name: 'rebuilt_nvr', description: 'Exact NVR after the rebuild' },
  { name: 'event_type_id', description: "Number of the event's type", values: 'integer' },
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
      subject: 'Events',
      operations: ['FreshmakerEventsFull', 'FreshmakerEventsMin'],
      query: [...eventFilters, ...paging, fullForm],
      answers: { 200: 'A page of events', 400: 'Unknown state or order' },
      kept: true,
      observe: observeEventRequest,
      handle: listEvents,
    },
    {
      method: 'GET',
      uri: '/api/{version}/events/{id}',
      parameters: item,
      summary: 'One event',
      subject: 'Events',
      operations: ['FreshmakerEventFull', 'FreshmakerEventMin'],
      query: [fullForm],
      answers: { 200: 'The event', 404: 'No such event found.' },
      kept: true,
      observe: observeEventRequest,
      handle: getEvent,
    },
    {
      method: 'GET',
      uri: '/api/{version}/builds/',
      parameters: collection,
      summary: 'Artifact builds, a page at a time',
      subject: 'Builds',
      operations: ['FreshmakerBuilds'],
      query: [...buildFilters, ...paging],
      answers: { 200: 'A page of builds', 400: 'Unknown type, state or order' },
      kept: true,
      observe: observeBuildRequest,
      handle: listBuilds,
    },
    {
      method: 'GET',
      uri: '/api/{version}/builds/{id}',
      parameters: item,
      summary: 'One artifact build',
      subject: 'Builds',
      operations: ['FreshmakerBuild'],
      answers: { 200: 'The build', 404: 'No such build found.' },
      kept: true,
      observe: observeBuildRequest,
      handle: getBuild,
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
    subject: 'Events',
    operations: ['FreshmakerCancelEvent'],
    access: ['freshmaker/admin', 'freshmaker/manual_rebuilder'],
    body: CANCELLATION,
    answers: { 200: 'The event after that', ...refusals },
    handle: cancelEvent,
  },
  {
    method: 'POST',
    uri: '/api/{version}/builds/',
    parameters: collection,
    summary: 'Ask for a manual rebuild of an advisory',
    subject: 'Rebuilds',
    operations: ['FreshmakerRequestRebuild'],
    access: ['freshmaker/admin', 'freshmaker/manual_rebuilder'],
    body: REBUILD,
    answers: { 200: 'The new event', ...refusals },
    handle: requestRebuild('FreshmakerRequestRebuild'),
  },
  {
    method: 'POST',
    uri: '/api/{version}/async-builds/',
    parameters: collection,
    summary: 'Ask for a rebuild of images without an advisory',
    subject: 'Rebuilds',
    operations: ['FreshmakerRequestAsyncRebuild'],
    access: ['freshmaker/admin', 'freshmaker/freshmaker_async_rebuilders'],
    body: ASYNC_REBUILD,
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
      subject: 'Server',
      operations: ['FreshmakerAbout'],
      answers: { 200: 'Both texts' },
      kept: true,
      handle: about,
    },
    {
      method: 'GET',
      uri: '/api/{version}/verify-image/{nvr}',
      parameters: { version, nvr: 'segment' },
      summary: 'Whether an image can be rebuilt',
      subject: 'Images',
      operations: ['FreshmakerVerifyImage'],
      answers: { 200: 'It can, with its content sets', 400: 'It cannot, the message says why' },
      kept: true,
      handle: verifyImage,
    },
    {
      method: 'GET',
      uri: '/api/{version}/verify-image-repository/{project}/{repository}',
      parameters: { version, project: 'segment', repository: 'segment' },
      summary: 'Whether the images of a repository can be rebuilt',
      subject: 'Images',
      operations: ['FreshmakerVerifyImageRepository'],
      answers: { 200: 'They can, with their content sets', 400: 'They cannot, the message says why' },
      kept: true,
      handle: verifyImageRepository,
    },
    {
      method: 'GET',
      uri: '/api/{version}/pullspec_overrides/{id}',
      parameters: item,
      summary: 'Pullspec overrides of a bundle build',
      subject: 'Builds',
      operations: ['FreshmakerPullspecOverrides'],
      answers: { 200: 'The stored object, or null', 404: 'No such bundle build' },
      kept: true,
      handle: getPullspecOverrides,
    },
    {
      method: 'GET',
      uri: '/api/1/monitor/metrics',
      summary: 'Metrics for Prometheus',
      subject: 'Server',
      operations: [],
      answers: { 200: 'Prometheus text' },
      mediaTypes: ['text/plain'],
      handle: async () => {
        const { contentType, body } = await metrics.render();
        return { status: 200, headers: { 'Content-Type': contentType }, body };
      },
    },
  ];
}

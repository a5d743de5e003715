import * as values from '../config-values.js';
import { setting } from './setting.js';

/** How long data are kept, and how the interfaces answer. */
export const SERVING = {
  BUILDGATE_LOG_RETENTION_DAYS: setting({
    description:
      'How long state changes are kept for subscribers that resume and for the history of records; all of them unless told.',
    allowed: 'a whole number from 1 to 36500',
    fallback: null,
    parse: values.wholeNumber(1, 36_500),
  }),
  BUILDGATE_USAGE_DAYS: setting({
    description: 'How many days back one can see which client called which route of the old APIs; 0 stores none of it.',
    allowed: 'a whole number from 0 to 36500',
    fallback: '400',
    parse: values.wholeNumber(0, 36_500),
  }),
  BUILDGATE_DEPRECATIONS: setting({
    description:
      'The file that says which routes of the old APIs are deprecated and when they end, which their answers then say in `Deprecation` and `Sunset` headers.',
    allowed: 'a path of a JSON file ("The end of a route" below)',
    fallback: null,
    parse: (text) => text,
  }),
  BUILDGATE_TWIN_LINKS: setting({
    description:
      'Whether answers of the REST APIs carry a `Link` header to GraphiQL, with the stored operation and the variables that made them.',
    allowed: '`on`, `off`',
    fallback: 'on',
    parse: values.oneOf('on', 'off'),
  }),
  BUILDGATE_DOCUMENTS: setting({
    description:
      'The only GraphQL documents that clients may run, over HTTP and WebSocket alike. What a dialect or the dashboard runs need not be among them.',
    allowed:
      'a path: an `apollo-persisted-query-manifest`, a `persisted.json` of Relay, or a folder of `.graphql` files ("Persisted documents" below)',
    fallback: null,
    fallbackNote: 'none: any document may be run',
    parse: (text) => text,
  }),
  BUILDGATE_INTROSPECTION: setting({
    description: 'Whether clients are shown the schema: by introspection and as `/schema.graphql`.',
    allowed: '`on`, `off`',
    fallback: 'on',
    parse: values.oneOf('on', 'off'),
  }),
  BUILDGATE_SUGGESTIONS: setting({
    description: 'Whether errors of GraphQL suggest names of the schema ("Did you mean ...").',
    allowed: '`on`, `off`',
    fallback: null,
    fallbackNote: '`on`; `off` when `BUILDGATE_INTROSPECTION` is `off`',
    parse: values.oneOf('on', 'off'),
  }),
  BUILDGATE_GRAPHIQL: setting({
    description:
      'Whether `/graphiql` is served, and with it the texts of stored operations: on the pages about the systems, and as links of REST answers.',
    allowed: '`on`, `off`',
    fallback: null,
    fallbackNote: '`on`; `off` when `BUILDGATE_INTROSPECTION` is `off` or there are `BUILDGATE_DOCUMENTS`',
    parse: values.oneOf('on', 'off'),
  }),
  BUILDGATE_ANSWER_CACHE_MIB: setting({
    description:
      'Memory for answers of the REST APIs that are given again as long as nothing in the database has changed; 0 keeps none.',
    allowed: 'a whole number from 0 to 65536',
    fallback: '64',
    parse: values.wholeNumber(0, 65_536),
  }),
  BUILDGATE_DATABASE_TIMEOUT_SECONDS: setting({
    description:
      'How long PostgreSQL may take for a connection (10 s at most) or for one statement of a request; then the answer is 503.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '30',
    parse: values.wholeNumber(1, 3_600),
  }),
  BUILDGATE_GRACE_SECONDS: setting({
    description:
      'How long a gateway that stops may take to answer the requests in flight and to publish what waits; what is left is cut within a second.',
    allowed: 'a whole number from 0 to 3600',
    fallback: '10',
    parse: values.wholeNumber(0, 3_600),
  }),
  BUILDGATE_OPERATION_TIMEOUT_SECONDS: setting({
    description:
      'How long a GraphQL operation may take, over HTTP and WebSocket and behind a route of the old APIs; then the answer is an error (`TIMEOUT`, 503) and its SQL ends.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '30',
    parse: values.wholeNumber(1, 3_600),
  }),
  BUILDGATE_SLOW_SUBSCRIBER_SECONDS: setting({
    description: 'A WebSocket that takes nothing for so long although something waits for it is closed with 1013.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '30',
    parse: values.wholeNumber(1, 3_600),
  }),
};

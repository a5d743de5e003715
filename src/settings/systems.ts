import * as values from '../config-values.js';
import { BROKER_NAME } from './gateway.js';
import { list, setting } from './setting.js';

const BUILDAPI_AGENTS = ['embedded', 'external'] as const;
const AUTH_BACKENDS = ['noauth', 'kerberos', 'openidc', 'ssl', 'kerberos_or_ssl'] as const;
export type BuildapiAgent = (typeof BUILDAPI_AGENTS)[number];
export type FreshmakerAuthBackend = (typeof AUTH_BACKENDS)[number];

/** What a single system is told. */
export const SYSTEMS = {
  BUILDGATE_FRESHMAKER_AUTH_BACKEND: setting({
    description: "The authentication that Freshmaker's `about` names.",
    allowed: list(AUTH_BACKENDS),
    fallback: null,
    fallbackNote: '`openidc`; `noauth` when `BUILDGATE_AUTH` is `none`',
    parse: values.oneOf(...AUTH_BACKENDS),
  }),
  BUILDGATE_FRESHMAKER_ROLES: setting({
    description: "Who holds Freshmaker's roles.",
    allowed: `a JSON object \`{"ROLE": {"users": ["NAME"], "groups": ["NAME"]}}\`. Roles: ${list(values.FRESHMAKER_ROLES)}`,
    fallback: '{}',
    parse: values.freshmakerRoles,
  }),
  BUILDGATE_FRESHMAKER_TOPIC_PREFIX: setting({
    description: "What the topics of Freshmaker's messages begin with.",
    allowed: 'words of letters, digits, `_` and `-` with dots between, up to 200 characters',
    fallback: 'VirtualTopic.eng.freshmaker',
    parse: values.topicPrefix,
  }),
  BUILDGATE_FRESHMAKER_UNPUBLISHED_EXCEPTIONS: setting({
    description: 'Repositories whose images may be rebuilt though they are not published.',
    allowed: 'repository names (`project/repo`) with commas between',
    fallback: '',
    parse: values.repositoryNames,
  }),
  BUILDGATE_BUILDAPI_AGENT: setting({
    description:
      "Who carries out buildapi's job requests: the gateway itself, on its own data, or agents at the broker or the GraphQL interface.",
    allowed: list(BUILDAPI_AGENTS),
    fallback: null,
    fallbackNote: '`embedded`; `external` when there is a `BROKER_URL`',
    parse: values.oneOf(...BUILDAPI_AGENTS),
  }),
  BUILDGATE_BUILDAPI_EXCHANGE: setting({
    description: "The durable topic exchange of buildapi's job requests and of what agents answer.",
    allowed: BROKER_NAME,
    fallback: 'buildapi.control',
    parse: values.brokerName,
  }),
  BUILDGATE_BUILDAPI_AGENT_QUEUE: setting({
    description: "The durable queue that buildapi's agents take job requests from.",
    allowed: BROKER_NAME,
    fallback: 'buildapi-agent',
    parse: values.brokerName,
  }),
  BUILDGATE_BUILDAPI_WEB_QUEUE: setting({
    description: "The durable queue that the gateway takes the answers of buildapi's agents from.",
    allowed: BROKER_NAME,
    fallback: 'buildapi-web',
    parse: values.brokerName,
  }),
  BUILDGATE_BUILDAPI_SEND_TIMEOUT_SECONDS: setting({
    description: 'How long a job request of buildapi waits for the broker to take its message; then the answer is 503.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '3',
    parse: values.wholeNumber(1, 3_600),
  }),
  BUILDGATE_BUILDAPI_ORIGINS: setting({
    description: "Web pages of these origins may use buildapi's REST API with the user's credentials.",
    allowed: 'origins (`https://tools.example.org`) with commas between',
    fallback: '',
    parse: values.origins,
  }),
  BUILDGATE_BUILDAPI_REMOTE_USER: setting({
    description:
      "Whether the header `X-Remote-User` of a trusted proxy (`BUILDGATE_TRUST_PROXY`) names the caller of buildapi's REST API. The proxy must take the header away from what clients send.",
    allowed: '`on`, `off`',
    fallback: 'off',
    parse: values.oneOf('on', 'off'),
  }),
  BUILDGATE_AGENT_TOKEN: setting({
    description: 'The token that `buildgate agent` signs in with, of a user with the role `agent`.',
    allowed: 'a token as `buildgate token create` prints it',
    fallback: null,
    secret: true,
    parse: values.token,
  }),
  BUILDGATE_BUILDAPI_TIMEZONE: setting({
    description: "The time zone of buildapi's days and build ids.",
    allowed: 'a name of the IANA database',
    fallback: 'America/Los_Angeles',
    parse: values.timeZone,
  }),
  BUILDGATE_DEVMASON_ANONYMOUS: setting({
    description:
      "Whether Devmason's projects and builds may be registered without credentials, as its clients do that have no account.",
    allowed: '`on`, `off`',
    fallback: 'on',
    parse: values.oneOf('on', 'off'),
  }),
};

import { type DialectDescription, GATEWAY_TOKEN } from '../../../server/dialect-description.js';

/** What documents tell of the dialect besides its routes. */
export const rodanDescription: DialectDescription = {
  text: 'Projects, workflows and their runs, as Rodan served them. Everything is served below `/api` as well.',
  credentials: {
    token: {
      kind: 'header',
      value: 'Token $TOKEN',
      text: '`Token KEY`, the key being that of a user (`POST /auth/token/`) or a token of the gateway.',
    },
    bearer: GATEWAY_TOKEN,
    basic: { kind: 'basic', text: 'Name and password of a user.' },
  },
  parameters: { id: 'UUID of the object', n: 'Number of the user' },
  mediaTypes: { answers: ['application/json'], refusals: ['application/json'] },
  exchanges: new URL('./exchanges.json', import.meta.url),
};

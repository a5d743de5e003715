// Moves builds by Freshmaker's state machine in transactions of the store: node changes-process.ts DATABASE_URL
import type * as AppModule from '../../src/app.js';
import type * as ConfigModule from '../../src/config.js';
import type * as PrincipalModule from '../../src/core/auth/principal.js';
import type * as MetricsModule from '../../src/systems/freshmaker/metrics.js';
import type * as TransitionsModule from '../../src/systems/freshmaker/transitions.js';
import { answerChanges } from './changes.ts';
import { compiled } from './compiled.ts';

const { openStore } = await compiled<typeof AppModule>('app.js');
const { loadConfig } = await compiled<typeof ConfigModule>('config.js');
const { UNRESTRICTED } = await compiled<typeof PrincipalModule>('core/auth/principal.js');
const { freshmakerMetrics } = await compiled<typeof MetricsModule>('systems/freshmaker/metrics.js');
const { Transitions } = await compiled<typeof TransitionsModule>('systems/freshmaker/transitions.js');

const config = loadConfig({ DATABASE_URL: process.argv[2] ?? '' });
const store = await openStore(config);
const { topicPrefix } = config.freshmaker;
const transitions = new Transitions({ topicPrefix, mountPrefix: '/freshmaker', metrics: freshmakerMetrics() });

answerChanges((id, to) =>
  store.transact(UNRESTRICTED, (transaction) => transitions.build(transaction, id, { to, reason: null })),
);

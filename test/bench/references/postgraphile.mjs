// PostGraphile as it comes on the gateway's tables: node postgraphile.ts DATABASE_URL
import { createServer } from 'node:http';
import { grafserv } from 'postgraphile/grafserv/node';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { listen } from './listen.ts';

const server = createServer();
const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: process.argv[2] ?? '', schemas: ['public'] })],
};
await postgraphile(preset).createServ(grafserv).addTo(server);
listen(server);

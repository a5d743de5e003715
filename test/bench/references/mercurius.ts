// Mercurius with its compiler (`jit`) and hand-written resolvers: node mercurius.ts FILE.db
import Fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import mercurius from 'mercurius';
import { announce } from './listen.ts';
import { resolversOf, typeDefs } from './graphql-schema.ts';

const app = Fastify();
await app.register(mercurius, { schema: typeDefs, resolvers: resolversOf(process.argv[2] ?? ''), jit: 1 });
await app.listen({ port: 0, host: '127.0.0.1' });
announce((app.server.address() as AddressInfo).port);

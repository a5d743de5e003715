// Apollo Server as it comes with hand-written resolvers: node apollo.ts FILE.db
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { createServer } from 'node:http';
import { resolversOf, typeDefs } from './graphql-schema.ts';
import { listen } from './listen.ts';

const server = new ApolloServer({ typeDefs, resolvers: resolversOf(process.argv[2] ?? '') });
await server.start();
const app = express();
app.use('/graphql', express.json(), expressMiddleware(server));
listen(createServer(app));

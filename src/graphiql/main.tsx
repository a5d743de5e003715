import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './main.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { defaultTabs } from './default-tabs.js';
import { linkedTab } from './linked-tab.js';

const endpoint = new URL('/graphql', window.location.href);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

// Given an address and not a client, the fetcher opens a graphql-ws connection per subscription and sends the headers
// of the tab as connection_init payload: the only way a browser has to send an Authorization with a WebSocket.
const fetcher = createGraphiQLFetcher({
  url: endpoint.href,
  subscriptionUrl: socket.href,
  enableIncrementalDelivery: false,
});

const linked = await linkedTab(new URL(window.location.href), async (path) => {
  const response = await fetch(path);
  return response.ok ? response.text() : undefined;
}).catch(() => undefined);

// A first visitor has no tabs yet: the linked one comes before the examples. Others get it beside those they have.
createRoot(document.getElementById('graphiql')!).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={linked ? [linked, ...defaultTabs] : defaultTabs}
    {...(linked && { initialQuery: linked.query, initialVariables: linked.variables ?? '' })}
    defaultQuery=""
    schemaDescription
    inputValueDeprecation
  />,
);

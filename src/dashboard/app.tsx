import { lazy, Suspense, type ReactNode } from 'react';
import { usePathname } from 'wouter/use-browser-location';
import { pageOf, type Page, type RecordAddress } from './address.js';
import { Header } from './header.js';
import { ListPage } from './list/list-page.js';

/** The pages of one record, loaded when one goes there: they bring the graph and the colours of terminals. */
const RecordPages = lazy(() => import('./record-pages.js'));

/** Loaded when one goes there, like the pages of records. */
const ChartsPage = lazy(() => import('./charts/charts-page.js'));

/** Loaded when an operator goes there. */
const UsagePage = lazy(() => import('./usage/usage-page.js'));

/** The whole page. */
export function App(): ReactNode {
  const page = pageOf(usePathname());
  return (
    <>
      <Header />
      <Suspense fallback={<main aria-busy="true" />}>
        <Shown page={page} />
      </Suspense>
    </>
  );
}

function Shown({ page }: { readonly page: Page }): ReactNode {
  if (page.name === 'list') return <ListPage />;
  if (page.name === 'usage') return <UsagePage />;
  if (page.name === 'charts') return <ChartsPage />;
  return <OneRecord page={page} />;
}

/** Another record is another page: nothing of the last one stays. */
function OneRecord({ page }: { readonly page: RecordAddress }): ReactNode {
  return <RecordPages key={`${page.name} ${page.system} ${page.legacyId}`} page={page} />;
}

import type { DialectRequest } from '../../../server/dialect.js';
import type { ShownPage } from './paging.js';

/** Contract devmason, section 4.1. */
export interface Link {
  readonly rel: string;
  readonly href: string;
  readonly allowed_methods: readonly string[];
}

/** Methods in the order in which links and `Allow` list them. */
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** The text of an `Allow` header. */
export function allowText(methods: readonly string[]): string {
  return METHODS.filter((method) => methods.includes(method)).join(', ');
}

const READ = ['GET'];
const OWN = ['GET', 'PUT', 'DELETE'];

/** Absolute URLs as the client reached the mount, and what this client may do there (sections 4.1 and 6.3). */
export class Links {
  readonly #base: string;
  readonly #mayRegister: boolean;
  readonly #credentialsRefused: boolean;

  /** @param anonymous whether projects and builds may be registered without credentials */
  constructor(request: DialectRequest, anonymous: boolean) {
    this.#base = `${request.origin}${request.prefix}`;
    this.#credentialsRefused = request.credentialsRefused;
    this.#mayRegister = !this.#credentialsRefused && (anonymous || isSomebody(request));
  }

  /** Absolute URL of a path below the mount; `/` alone is the mount with its slash. */
  href(...segments: readonly string[]): string {
    return `${this.#base}/${segments.map((segment) => encodeURIComponent(segment)).join('/')}`;
  }

  /** What may be done to a project, a build or a user that is free: PUT, or nothing. */
  freeMethods(): readonly string[] {
    return this.#mayRegister ? ['PUT'] : [];
  }

  projectMethods(canUpdate: boolean): readonly string[] {
    return canUpdate ? OWN : READ;
  }

  buildListMethods(): readonly string[] {
    return this.#mayRegister ? ['GET', 'POST'] : READ;
  }

  buildMethods(canDelete: boolean): readonly string[] {
    return canDelete ? ['GET', 'DELETE'] : READ;
  }

  progressMethods(canAddSteps: boolean): readonly string[] {
    return canAddSteps && !this.#credentialsRefused ? ['GET', 'POST', 'DELETE'] : READ;
  }

  userMethods(isViewer: boolean): readonly string[] {
    return isViewer ? OWN : READ;
  }

  root(): Link {
    return this.#link('self', READ);
  }

  project(rel: string, { slug, viewerCanUpdate }: { slug: string; viewerCanUpdate: boolean }): Link {
    return this.#link(rel, this.projectMethods(viewerCanUpdate), slug);
  }

  buildList(slug: string): Link {
    return this.#link('build-list', this.buildListMethods(), slug, 'builds');
  }

  latestBuild(slug: string): Link {
    return this.#link('latest-build', READ, slug, 'builds', 'latest');
  }

  tagList(rel: string, slug: string): Link {
    return this.#link(rel, READ, slug, 'tags');
  }

  tag(slug: string, tag: string): Link {
    return this.#link('tag', READ, slug, 'tags', tag);
  }

  build(slug: string, buildId: string, canDelete: boolean): Link {
    return this.#link('self', this.buildMethods(canDelete), slug, 'builds', buildId);
  }

  user(rel: string, username: string, isViewer: boolean): Link {
    return this.#link(rel, this.userMethods(isViewer), 'users', username);
  }

  userBuilds(username: string): Link {
    return this.#link('builds', READ, 'users', username, 'builds');
  }

  latestBuildOfUser(username: string): Link {
    return this.#link('latest-build', READ, 'users', username, 'builds', 'latest');
  }

  /** Links of a page: itself, the first and the last one, and its neighbours where it has them (section 4.6). */
  pages({ page, pages, perPage }: ShownPage, ...segments: readonly string[]): Link[] {
    const list = this.href(...segments);
    const link = (rel: string, number: number): Link => ({
      rel,
      href: `${list}?per_page=${perPage}&page=${number}`,
      allowed_methods: READ,
    });
    return [
      link('self', page),
      link('first', 1),
      link('last', pages),
      ...(page > 1 ? [link('previous', page - 1)] : []),
      ...(page < pages ? [link('next', page + 1)] : []),
    ];
  }

  #link(rel: string, methods: readonly string[], ...segments: readonly string[]): Link {
    return { rel, href: this.href(...segments), allowed_methods: methods };
  }
}

/** Whether a request has credentials that name somebody, known or new, or may do everything without. */
export function isSomebody({ principal }: DialectRequest): boolean {
  return principal.userName !== null || principal.admin;
}

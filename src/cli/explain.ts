import type { Command } from 'commander';
import type { Config } from '../config.js';
import { BuildgateError } from '../core/errors.js';
import { explain } from '../explain/explain.js';
import { explanationText } from './explanation-text.js';

/** What the command works with. */
export interface ExplainCommandOptions {
  /** Asked when the command runs; may throw about the configuration. */
  readonly config: () => Config;
  readonly stdout: { write(text: string): unknown };
}

interface Flags {
  readonly header: readonly string[];
  readonly json?: boolean;
}

const EXAMPLES = `
The request is a URL, a host name with a path or a path, with GET in front or not. It is answered by this process from the
configured database, which it does not write; no gateway has to run. Without an Authorization header the caller may see
everything. Secrets are not printed: neither variables that hold them nor the parameters of their statements.

Examples:
  buildgate explain '/freshmaker/api/2/events/?per_page=10'
  buildgate explain http://kernelci.localhost:4000/job --json
  buildgate explain GET /buildapi/self-serve/jobs --header 'Accept: application/json'
`;

/** Adds `explain REQUEST` to the program. */
export function registerExplain(program: Command, { config, stdout }: ExplainCommandOptions): void {
  program
    .command('explain')
    .summary('show the GraphQL operations and SQL statements behind a REST URL')
    .description('Shows the GraphQL operations behind a REST URL, with their variables, SQL statements and timings.')
    .argument('<request...>', 'the URL to GET')
    .option('--header <header>', "a header of the request, 'Name: value' (repeatable)", collect, [])
    .option('--json', 'print it as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (words: readonly string[], { header, json }: Flags) => {
      const request = { url: urlOf(words), headers: Object.fromEntries(header.map(headerOf)) };
      const explanation = await explain(config(), request);
      stdout.write(json ? `${JSON.stringify(explanation, null, 2)}\n` : explanationText(explanation));
    });
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

/** @throws BuildgateError INVALID for another method than GET, and for more than a URL */
function urlOf(words: readonly string[]): string {
  const [method, url, ...more] = words.length === 1 ? ['GET', ...words] : words;
  if (!/^[A-Za-z]+$/.test(method!) || url === undefined || more.length > 0) {
    throw new BuildgateError('INVALID', 'request: must be one URL, with GET in front or not. Is it quoted?');
  }
  if (method!.toUpperCase() !== 'GET') {
    throw new BuildgateError('INVALID', `request: only GET is explained, since ${method!.toUpperCase()} may write.`);
  }
  return url;
}

const HEADER = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([^\r\n\0]*)$/;

/** @throws BuildgateError INVALID */
function headerOf(text: string): [name: string, value: string] {
  const [, name, value] = HEADER.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    // Its value may be a credential.
    throw new BuildgateError('INVALID', "header: must be 'Name: value'.");
  }
  return [name, value.trim()];
}

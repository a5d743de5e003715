import { STATUS_CODES } from 'node:http';
import type { ExplainedOperation, ExplainedStatement, Explanation } from '../explain/explanation.js';
import { printable } from './fault.js';
import { groups } from './progress.js';

const HIDDEN = '(not shown: a secret is among them)';

/** How a request was answered, for people: operations with their variables, each statement with its parameters. */
export function explanationText({ route, status, ms, operations }: Explanation): string {
  const statements = operations.reduce((sum, one) => sum + one.statements.length, 0);
  const counted = `${count(operations.length, 'operation')}, ${count(statements, 'statement')}`;
  const head = `GET ${route}\n${status} ${STATUS_CODES[status] ?? ''}: ${counted}, ${milliseconds(ms)}`;
  return `${[head, ...operations.map(operationText)].join('\n\n')}\n`;
}

function operationText(operation: ExplainedOperation): string {
  const { name, text, variables, graphiql, ms, statements } = operation;
  const title = `== ${name}, ${count(statements.length, 'statement')}, ${milliseconds(ms)}`;
  const given = variables === null ? HIDDEN : JSON.stringify(variables, null, 2);
  return [
    graphiql === null ? title : `${title}\n${graphiql}`,
    lines(text.trimEnd()),
    `Variables: ${lines(given)}`,
    ...statements.map((statement, index) => statementText(statement, `${index + 1}/${statements.length}`)),
  ].join('\n\n');
}

function statementText({ sql, parameters, rows, ms }: ExplainedStatement, place: string): string {
  const given = parameters === null ? HIDDEN : JSON.stringify(parameters);
  const title = `-- Statement ${place}, ${count(rows, 'row')}, ${milliseconds(ms)}`;
  return `${title}\n${lines(sql)}\nParameters: ${printable(given)}`;
}

/** Text that a terminal shows as it is, line by line. */
function lines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function count(number: number, noun: string): string {
  return `${groups(number)} ${noun}${number === 1 ? '' : 's'}`;
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(2)} ms`;
}

import { Argument, type Command } from 'commander';
import { gatewaySchema } from '../app.js';
import { printedSchema } from '../core/graphql/schema.js';
import { SYSTEMS } from '../systems/index.js';
import { openApi } from '../server/openapi.js';

/** `buildgate schema`. */
export function registerSchema(program: Command): void {
  const schema = program.command('schema').description('The interfaces as documents.');
  schema
    .command('print')
    .description('Print the GraphQL schema.')
    .addHelpText('after', '\nExamples:\n  buildgate schema print > schema.graphql')
    .action(async () => {
      process.stdout.write(printedSchema(await gatewaySchema()));
    });
  schema
    .command('openapi')
    .description("Print the OpenAPI document of a system's REST API.")
    .addArgument(new Argument('<system>', 'the system').choices(SYSTEMS.map(({ name }) => name)))
    .addHelpText('after', '\nExamples:\n  buildgate schema openapi freshmaker > freshmaker.json')
    .action((name: string) => {
      const [system] = SYSTEMS.filter((one) => one.name === name);
      process.stdout.write(`${JSON.stringify(openApi(system!.dialect()), null, 2)}\n`);
    });
}

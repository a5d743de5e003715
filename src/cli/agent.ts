import { InvalidArgumentError, type Command } from 'commander';
import { rabbitmqBus } from '../bus/rabbitmq.js';
import { ConfigError, loadConfig, type Config } from '../config.js';
import { token } from '../config-values.js';
import { BuildapiAgent } from './buildapi-agent.js';
import { firstSignal } from './signals.js';

interface AgentFlags {
  readonly gateway: string;
  readonly token?: string;
}

/** `buildgate agent`. */
export function registerAgent(program: Command): void {
  program
    .command('agent')
    .description("Carry out buildapi's job requests, as they come from the message broker, until told to stop.")
    .option('--gateway <url>', 'the gateway whose records are changed', gatewayUrl, 'http://127.0.0.1:4000')
    .option('--token <token>', 'token of a user with the role agent (default: BUILDGATE_AGENT_TOKEN)', usableToken)
    .addHelpText(
      'after',
      `
BROKER_URL names the broker. Prints a line of JSON for each job; troubles go to standard error. A job is acknowledged
when it was reported, so none is lost; on SIGTERM or SIGINT the one at hand is finished first.

Examples:
  buildgate token create worker-1 --role agent
  BROKER_URL=amqp://broker.example.org BUILDGATE_AGENT_TOKEN=bg_... buildgate agent
  BROKER_URL=amqp://broker.example.org buildgate agent --gateway https://builds.example.org --token bg_...`,
    )
    .action((flags: AgentFlags) => work(loadConfig(), flags));
}

async function work({ broker, buildapi }: Config, flags: AgentFlags): Promise<void> {
  if (broker.kind === 'embedded') throw new ConfigError('BROKER_URL: the agent needs a broker to take jobs from.');
  const signalled = firstSignal();
  const refused = Promise.withResolvers<Error>();
  let stopping = false;
  const onTrouble = ({ message }: Error): void => {
    if (!stopping) process.stderr.write(`buildgate agent: ${JSON.stringify(message)}\n`);
  };
  const bus = rabbitmqBus({ ...broker, onError: onTrouble });
  const agent = new BuildapiAgent({
    bus,
    exchange: buildapi.exchange,
    queue: buildapi.agentQueue,
    gateway: flags.gateway,
    token: flags.token ?? buildapi.agentToken,
    onJob: (job) => process.stdout.write(`${JSON.stringify(job)}\n`),
    onTrouble,
    onRefused: (error) => {
      stopping = true;
      refused.resolve(error);
    },
  });
  try {
    await agent.start();
    const end = await Promise.race([signalled, refused.promise]);
    if (end instanceof Error) throw end;
  } finally {
    stopping = true;
    await agent.stop();
  }
}

function gatewayUrl(text: string): string {
  const url = URL.parse(text);
  const isBase = url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
  if (!isBase || url.username !== '') throw new InvalidArgumentError('It is not the http or https URL of a gateway.');
  return url.href.replace(/\/+$/, '');
}

function usableToken(text: string): string {
  try {
    return token(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

import { held, maybe, OwnList, unlisted, UUID } from './declare.js';

/** Lists of what is installed: jobs, the types of their ports, and types of resources (contract rodan, section 7). */

/** Types of resources. */
export const RESOURCE_TYPES = new OwnList('rodan_resource_type', {
  ...UUID,
  mimetype: held('text', 'MIME type.'),
  description: held('text', 'Description.'),
  extension: held('text', 'What names of such files end with, without the dot.'),
});

/** Installed jobs. */
export const JOB_DEFINITIONS = new OwnList('rodan_job', {
  ...UUID,
  name: held('text', 'Name.'),
  settings: unlisted('JSON schema of its settings.', 'json'),
  description: unlisted('Description.'),
  category: maybe('text', 'Category.'),
  enabled: held('boolean', 'Whether it can be used.'),
  interactive: held('boolean', 'Whether it waits for users.'),
});

function portTypes(direction: 'input' | 'output'): OwnList {
  const table = `rodan_${direction}_port_type`;
  const members = {
    ...UUID,
    jobUuid: held('text', 'UUID of the job that has it.'),
    name: held('text', 'Name.'),
    minimum: held('integer', 'How many such ports a workflow job has at least.'),
    maximum: held('integer', 'How many such ports a workflow job has at most.'),
    isList: held('boolean', 'Whether it takes lists of resources.'),
  } as const;
  return new OwnList(table, members);
}

/** Types of input ports. */
export const INPUT_PORT_TYPES = portTypes('input');
/** Types of output ports. */
export const OUTPUT_PORT_TYPES = portTypes('output');

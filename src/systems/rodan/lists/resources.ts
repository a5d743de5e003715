import { held, maybe, OwnList, TIMES, unlisted, UUID } from './declare.js';

/** Lists of resources, and of what run jobs read and wrote (contract rodan, sections 5.3 and 7). */

/** Resources: metadata of files. */
export const RESOURCES = new OwnList('rodan_resource', {
  ...UUID,
  projectUuid: held('text', 'UUID of its project.'),
  resourceTypeUuid: held('text', 'UUID of its type.'),
  creatorNumber: maybe('integer', 'Number of the user who brought it; null for what a run job wrote.'),
  originUuid: maybe('text', 'UUID of the output that it was written as.'),
  name: maybe('text', 'Name.'),
  description: maybe('text', 'Description.'),
  file: unlisted('Path of the file behind `/uploads/`.'),
  compatFile: unlisted('Path of the file that jobs read, behind `/uploads/`.'),
  smallThumb: unlisted('Path of the small preview, behind `/uploads/`.'),
  mediumThumb: unlisted('Path of the medium preview, behind `/uploads/`.'),
  largeThumb: unlisted('Path of the large preview, behind `/uploads/`.'),
  hasThumb: held('boolean', 'Whether there are previews.'),
  processingStatus: maybe('integer', "Code of how far its conversion is, as in the old API's table of states."),
  errorSummary: unlisted('What went wrong, in one line.'),
  errorDetails: unlisted('What went wrong, at length.'),
  ...TIMES,
});

/** Ordered lists of resources. */
export const RESOURCE_LISTS = new OwnList('rodan_resource_list', {
  ...UUID,
  projectUuid: held('text', 'UUID of its project.'),
  resourceTypeUuid: maybe('text', 'UUID of the type of its resources.'),
  originUuid: maybe('text', 'UUID of the output that it was written as.'),
  name: maybe('text', 'Name.'),
  description: maybe('text', 'Description.'),
  ...TIMES,
});

function transfers(direction: 'input' | 'output'): OwnList {
  const verb = direction === 'input' ? 'read' : 'written';
  return new OwnList(`rodan_${direction}`, {
    ...UUID,
    runJobId: { ...held('integer', 'Internal id of its run job.'), unlisted: 'hidden' },
    runJobUuid: held('text', 'UUID of its run job.'),
    [`${direction}PortTypeName`]: held('text', 'Name of the type of the port.'),
    [`${direction}PortTypeUuid`]: maybe('text', 'UUID of the type of the port.'),
    [`${direction}PortUuid`]: maybe('text', 'UUID of the port of the workflow, which may be deleted.'),
    resourceUuid: maybe('text', `UUID of the resource that is ${verb}.`),
    resourceListUuid: maybe('text', `UUID of the resource list that is ${verb}.`),
  });
}

/** What run jobs read. */
export const INPUTS = transfers('input');
/** What run jobs wrote. */
export const OUTPUTS = transfers('output');

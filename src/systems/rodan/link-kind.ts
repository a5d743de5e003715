/** What links point to: the word in their path, in the singular (contract rodan, section 2). */
export type LinkKind =
  | 'project'
  | 'workflow'
  | 'workflowjob'
  | 'workflowjobgroup'
  | 'workflowrun'
  | 'runjob'
  | 'job'
  | 'inputporttype'
  | 'outputporttype'
  | 'inputport'
  | 'outputport'
  | 'connection'
  | 'resourcetype'
  | 'resource'
  | 'resourcelist'
  | 'input'
  | 'output';

/** The lists of Rodan: what is read, filtered and ordered of each kind of row. */

export * from './lists/inputs.js';
export * from './lists/jobs.js';
export * from './lists/projects.js';
export * from './lists/resources.js';
export * from './lists/workflows.js';
import './lists/records.js';

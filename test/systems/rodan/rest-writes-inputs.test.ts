import { describe, expect, it } from 'vitest';
import { parseExact } from '../../../src/core/json.js';
import { TEXT_RULES } from '../../../src/systems/rodan/field-rules.js';
import { Body } from '../../../src/systems/rodan/rest/body.js';
import { FIELDS } from '../../../src/systems/rodan/rest/fields.js';
import { type InputRules, readInput } from '../../../src/systems/rodan/rest/inputs.js';
import { readNewRun } from '../../../src/systems/rodan/rest/run-writes.js';

function bodyOf(text: string): Body {
  return new Body(Object.entries(parseExact(text) as object), false, Buffer.from(text));
}

const form = (fields: Readonly<Record<string, string[]>>): Body => new Body(Object.entries(fields), true);

const WORKFLOW: InputRules = { fields: FIELDS.workflow, texts: TEXT_RULES.workflow };
const GROUP: InputRules = { fields: FIELDS.workflowJobGroup, texts: TEXT_RULES.workflowJobGroup };
const JOB: InputRules = { fields: FIELDS.workflowJob, texts: TEXT_RULES.workflowJob };

/** What a member of a workflow's body comes to. */
function workflowWith(name: string, json: string): object {
  const { input, faults } = readInput(bodyOf(`{"${name}":${json}}`), WORKFLOW, false);
  return faults.has() ? faults.errors() : input;
}

describe('texts in bodies', () => {
  it.each([
    ['"folio 12"', 'folio 12'],
    ['" \\t folio \\n"', 'folio'],
    ['12', '12'],
    ['1.5', '1.5'],
    ['-0.25', '-0.25'],
    ['12345678901234567890123', '12345678901234567890123'],
    [`"${'ü'.repeat(100)}"`, 'ü'.repeat(100)],
    [`"${'😀'.repeat(100)}"`, '😀'.repeat(100)],
  ])('%s is a text', (json, text) => {
    expect(workflowWith('name', json)).toEqual({ name: text });
  });

  it.each([
    ['null', 'This field may not be null.'],
    ['""', 'This field may not be blank.'],
    ['" \\n "', 'This field may not be blank.'],
    ['true', 'Not a valid string.'],
    ['{}', 'Not a valid string.'],
    ['["a"]', 'Not a valid string.'],
    ['"\\ud800"', 'Not a valid string.'],
    ['"a\\u0000b"', 'Null characters are not allowed.'],
    [`"${'x'.repeat(101)}"`, 'Ensure this field has no more than 100 characters.'],
    [`"${'x'.repeat(1_000_000)}"`, 'Ensure this field has no more than 100 characters.'],
  ])('%s is no name', (json, fault) => {
    expect(workflowWith('name', json)).toEqual({ name: [fault] });
  });

  it('a description may be null and empty', () => {
    expect(workflowWith('description', 'null')).toEqual({ description: null });
    expect(workflowWith('description', '" "')).toEqual({ description: '' });
  });
});

describe('booleans in bodies', () => {
  it.each(['true', '"true"', '"True"', '"TRUE"', '"t"', '"1"', '1'])('%s is true', (json) => {
    expect(workflowWith('valid', json)).toEqual({ valid: true });
  });

  it.each(['false', '"false"', '"False"', '"FALSE"', '"f"', '"0"', '0'])('%s is false', (json) => {
    expect(workflowWith('valid', json)).toEqual({ valid: false });
  });

  it.each([
    ['"maybe"', '"maybe" is not a valid boolean.'],
    ['""', '"" is not a valid boolean.'],
    ['"yes"', '"yes" is not a valid boolean.'],
    ['2', '"2" is not a valid boolean.'],
    ['null', 'This field may not be null.'],
  ])('%s is not', (json, fault) => {
    expect(workflowWith('valid', json)).toEqual({ valid: [fault] });
  });
});

describe('other fields', () => {
  it('unknown members are ignored, and so are read-only ones', () => {
    const text =
      '{"name":"a","colour":[],"uuid":5,"url":false,"created":{},"creator":"zed","__proto__":{"valid":true}}';
    expect(readInput(bodyOf(text), WORKFLOW, false).input).toEqual({ name: 'a' });
  });

  it('links and free JSON are passed on as they are, numbers exactly', () => {
    const text = '{"workflow":["x"],"job":5,"job_settings":{"angle":1e400,"__proto__":null}}';
    const { input, faults } = readInput(bodyOf(text), JOB, false);
    expect(faults.has()).toBe(false);
    expect(JSON.stringify(input)).toBe('{"workflow":["x"],"job":5,"jobSettings":{"angle":1e400,"__proto__":null}}');
  });

  it.each([
    ['5', 'Expected a list of items but got type "int".'],
    ['{}', 'Expected a list of items but got type "dict".'],
    ['"x"', 'Expected a list of items but got type "str".'],
    ['null', 'This field may not be null.'],
  ])('%s is no list of links', (json, fault) => {
    const { faults } = readInput(bodyOf(`{"workflow_jobs":${json}}`), GROUP, false);
    expect(faults.errors()).toEqual({ workflow_jobs: [fault] });
  });

  it('a field that a form repeats is a list of links', () => {
    const { input } = readInput(form({ name: ['a', 'b'], workflow_jobs: ['x', 'y'] }), GROUP, true);
    expect(input).toEqual({ name: 'b', workflowJobs: ['x', 'y'] });
  });

  it('the faults of all fields come together; PUT asks for every required one', () => {
    const text = '{"name":[],"valid":"maybe","description":false}';
    const errors = {
      name: ['Not a valid string.'],
      valid: ['"maybe" is not a valid boolean.'],
      description: ['Not a valid string.'],
    };
    expect(readInput(bodyOf(text), WORKFLOW, false).faults.errors()).toEqual(errors);
    const whole = readInput(bodyOf(text), WORKFLOW, true).faults.errors();
    expect(whole).toEqual({ project: ['This field is required.'], ...errors });
  });
});

describe('bodies that start runs', () => {
  it('assignments keep the order of the document', () => {
    const text = '{"workflow":"w","status":"21","resource_assignments":{"b":["x",null,5],"7":{},"a":[]}}';
    const { input, faults } = readNewRun(bodyOf(text));
    expect(faults.has()).toBe(false);
    expect(input).toEqual({
      workflow: 'w',
      status: 21,
      resourceAssignments: [
        { inputPort: 'b', resources: ['x', null, 5] },
        { inputPort: '7', resources: null },
        { inputPort: 'a', resources: [] },
      ],
    });
  });

  it('assignments that are no object are none of any port', () => {
    for (const value of ['[]', 'null', '"x"', '5']) {
      const { input } = readNewRun(bodyOf(`{"resource_assignments":${value}}`));
      expect(input).toEqual({ resourceAssignments: null });
    }
    expect(readNewRun(form({ resource_assignments: ['{}'] })).input).toEqual({ resourceAssignments: null });
    expect(readNewRun(bodyOf('{}')).input).toEqual({});
  });

  it.each([
    ['5', '"5" is not a valid choice.'],
    ['"9.0"', '"9.0" is not a valid choice.'],
    ['true', '"True" is not a valid choice.'],
    ['1e99', '"1e+99" is not a valid choice.'],
    ['null', 'This field may not be null.'],
  ])('%s is no status', (json, fault) => {
    expect(readNewRun(bodyOf(`{"status":${json}}`)).faults.errors()).toEqual({ status: [fault] });
  });
});

import { RUN_STATUS } from './collections.js';

/** What a field of a body holds: `link` and `links` refer to objects, `nested` is shown in full and only read. */
export type FieldKind = 'string' | 'boolean' | 'integer' | 'choice' | 'datetime' | 'link' | 'links' | 'json' | 'nested';

/** A member of a representation, as bodies may hold it and OPTIONS tells of it (contract rodan, section 6). */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly required?: true;
  readonly readOnly?: true;
  /** Of a string, in characters. */
  readonly maxLength?: number;
  /** Of a choice: code -> what it is called. */
  readonly choices?: Readonly<Record<string, string>>;
}

/** Makes fields from `name:kind` and marks: `!` required, `=` read-only, a number the greatest length. */
function fields(text: string): readonly Field[] {
  return text.split(' ').map((entry) => {
    const [, name, kind = '', mark, maxLength] = /^(\w+):([a-z]+)([!=]?)(\d*)$/.exec(entry) ?? [];
    if (name === undefined) throw new Error(`${entry}: not a field`);
    return {
      name,
      kind: kind as FieldKind,
      ...(mark === '!' && { required: true as const }),
      ...(mark === '=' && { readOnly: true as const }),
      ...(maxLength && { maxLength: Number(maxLength) }),
    };
  });
}

const status: Field = { name: 'status', kind: 'choice', choices: RUN_STATUS };

function port(direction: 'input' | 'output'): readonly Field[] {
  const type = `${direction}_port_type`;
  return fields(
    `url:link= uuid:string= ${type}:link! label:string255 extern:boolean= workflow_job:link! connections:links=`,
  );
}

/** Members of each kind of object in the order of its representation (section 7); of a list's rows unless told. */
export const FIELDS = {
  project: fields(
    'url:link= uuid:string= name:string!255 description:string creator:string= admins:links= workers:links= created:datetime= updated:datetime= workflow_count:integer= resource_count:integer=',
  ),
  projectDetail: fields(
    'url:link= name:string!255 description:string creator:string= workflows:nested= resources:nested= created:datetime= updated:datetime= admins:links= workers:links= admins_url:link= workers_url:link=',
  ),
  workflow: fields(
    'url:link= uuid:string= project:link! description:string creator:string= name:string!100 valid:boolean created:datetime= updated:datetime=',
  ),
  workflowDetail: fields(
    'url:link= uuid:string= name:string!100 project:link= workflow_jobs:nested= description:string created:datetime= updated:datetime= creator:string= valid:boolean workflow_runs:links= workflow_input_ports:nested= workflow_output_ports:nested=',
  ),
  workflowJob: fields(
    'url:link= uuid:string= workflow:link! input_ports:nested= output_ports:nested= job_name:string= job_description:string= job:link! job_settings:json name:string255 group:link= created:datetime= updated:datetime=',
  ),
  workflowJobGroup: fields(
    'url:link= uuid:string= name:string!100 description:string workflow:link= origin:link workflow_jobs:links! created:datetime= updated:datetime=',
  ),
  inputPort: port('input'),
  outputPort: port('output'),
  connection: fields(
    'url:link= uuid:string= input_port:link! input_workflow_job:nested= output_port:link! output_workflow_job:nested= workflow:nested=',
  ),
  workflowRun: [
    ...fields('url:link= uuid:string= origin_resources:json= creator:string='),
    status,
    ...fields(
      'name:string100 description:string created:datetime= updated:datetime= project:link= workflow:link! last_redone_runjob_tree:link',
    ),
  ],
  resource: fields(
    'url:link= uuid:string= creator:string= resource_file:string= compat_resource_file:string= small_thumb:string= medium_thumb:string= large_thumb:string= viewer_url:string= name:string200 description:string processing_status:integer= error_summary:string= error_details:string= created:datetime= updated:datetime= has_thumb:boolean= project:link! resource_type:link! origin:link=',
  ),
  resourceList: fields(
    'url:link= uuid:string= name:string200 description:string project:link= resources:links! resource_type:link= origin:link= created:datetime= updated:datetime=',
  ),
  user: fields(
    'url:link= username:string!150 first_name:string150 last_name:string150 email:string254 is_staff:boolean= is_active:boolean= is_superuser:boolean= projects:links= workflows:links= workflow_runs:links=',
  ),
  newUser: fields('username:string!150 password:string!128 email:string254'),
  passwordChange: fields('new_password:string!128 current_password:string!'),
  logIn: fields('username:string email:string password:string!'),
} as const satisfies Readonly<Record<string, readonly Field[]>>;

/** Types as OPTIONS names them. */
export const TYPE_NAMES: Readonly<Record<FieldKind, string>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'integer',
  choice: 'choice',
  datetime: 'datetime',
  link: 'field',
  links: 'field',
  json: 'field',
  nested: 'nested object',
};

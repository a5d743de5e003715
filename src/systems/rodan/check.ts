import { registerEnumType } from 'type-graphql';

/** How far a create or update goes that only checks what it is given. */
export enum RodanCheck {
  FIELDS = 'FIELDS',
  ALL = 'ALL',
}

registerEnumType(RodanCheck, {
  name: 'RodanCheck',
  description: 'How far a mutation checks its input when it is to change nothing.',
  valuesConfig: {
    FIELDS: { description: 'Each field by itself.' },
    ALL: { description: 'Everything that the change would have to pass.' },
  },
});

/** The argument of creates and updates. */
export const CHECK = {
  nullable: true,
  description: 'Only check the input, as far as this: nothing is changed, and the answer is null.',
} as const;

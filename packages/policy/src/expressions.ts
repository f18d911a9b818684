/** The CEL expressions of webhooks and admission policies, and what they may name (apiserver/pkg/admission/plugin/cel, v1.34). */

import type { ValidatingAdmissionPolicySpec } from '@t8s/api';
import { authorizerType, CelError, type CelType, type CompileOptions, compile, type ObjectType, type Program } from '@t8s/cel';

const kindType = { fields: { group: 'string', version: 'string', kind: 'string' } };
const resourceType = { fields: { group: 'string', version: 'string', resource: 'string' } };
const strings = { list: 'string' };

/** An AdmissionRequest, without what has a variable of its own. */
const requestType: ObjectType = {
  fields: {
    kind: kindType,
    resource: resourceType,
    subResource: 'string',
    requestKind: kindType,
    requestResource: resourceType,
    requestSubResource: 'string',
    name: 'string',
    namespace: 'string',
    operation: 'string',
    userInfo: { fields: { username: 'string', uid: 'string', groups: strings, extra: { map: strings } } },
    dryRun: 'bool',
    options: 'dyn',
  },
};

const namespaceType: ObjectType = {
  fields: {
    metadata: {
      fields: {
        name: 'string',
        generateName: 'string',
        namespace: 'string',
        labels: { map: 'string' },
        annotations: { map: 'string' },
        UID: 'string',
        creationTimestamp: 'timestamp',
        deletionGracePeriodSeconds: 'int',
        deletionTimestamp: 'timestamp',
        generation: 'int',
        resourceVersion: 'string',
        finalizers: strings,
      },
    },
    spec: { fields: { finalizers: strings } },
    status: {
      fields: {
        conditions: {
          list: { fields: { status: 'string', type: 'string', lastTransitionTime: 'timestamp', message: 'string', reason: 'string' } },
        },
        phase: 'string',
      },
    },
  },
};

const always: Record<string, CelType> = { object: 'dyn', oldObject: 'dyn', namespaceObject: namespaceType, request: requestType };

/** Which of the variables that not every expression has are there. */
export interface Extras {
  params?: boolean;
  authorizer?: boolean;
  /** The type of each variable of the policy. */
  variables?: Readonly<Record<string, string>>;
}

/** What the expressions of policies and webhooks may name, with its type. */
export const policyVariables = ({ params = false, authorizer = false, variables }: Extras): Record<string, CelType> => ({
  ...always,
  ...(params && { params: 'dyn' }),
  ...(authorizer && { authorizer: authorizerType }),
  ...(variables && { variables: { fields: variables } }),
});

/** One object for each set: they come again with every webhook and policy. */
const conditionVariables = {
  plain: policyVariables({ authorizer: true }),
  parameterised: policyVariables({ authorizer: true, params: true }),
};

/** An expression ready to be evaluated, or why it isn't. */
export type Compiled = { expression: string; program: Program } | { expression: string; error: CelError };

function compiled(expression: string, options: CompileOptions): Compiled {
  try {
    return { expression, program: compile(expression, options) };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { expression, error };
  }
}

/** The condition of a webhook, or with `params` of a policy that has them. */
export const compileMatchCondition = (expression: string, { params = false }: { params?: boolean } = {}): Compiled =>
  compiled(expression, { variables: conditionVariables[params ? 'parameterised' : 'plain'], result: 'bool' });

export interface PolicyPrograms {
  matchConditions: Compiled[];
  /** In order: each may name those before it. */
  variables: { name: string; value: Compiled }[];
  /** By validation; the second is its messageExpression. */
  validations: { condition: Compiled; message: Compiled | undefined }[];
  auditAnnotations: Compiled[];
}

/** All expressions of a policy. */
export function compilePolicy(spec: ValidatingAdmissionPolicySpec): PolicyPrograms {
  const params = spec.paramKind !== undefined;
  const types: Record<string, string> = {};
  const hasVariables = (spec.variables ?? []).length > 0;
  const extras = (): Extras => ({ params, ...(hasVariables && { variables: { ...types } }) });
  const variables = (spec.variables ?? []).map(({ name, expression }) => {
    const value = compiled(expression, { variables: policyVariables({ ...extras(), authorizer: true }) });
    types[name] = 'program' in value ? value.program.resultType : 'dyn';
    return { name, value };
  });
  const condition = { variables: policyVariables({ ...extras(), authorizer: true }) };
  const message = { variables: policyVariables(extras()), result: 'string' };
  return {
    matchConditions: (spec.matchConditions ?? []).map(({ expression }) => compileMatchCondition(expression, { params })),
    variables,
    validations: (spec.validations ?? []).map(({ expression, messageExpression }) => ({
      condition: compiled(expression, { ...condition, result: 'bool' }),
      message: messageExpression ? compiled(messageExpression, message) : undefined,
    })),
    auditAnnotations: (spec.auditAnnotations ?? []).map(({ valueExpression }) =>
      compiled(valueExpression, { ...condition, result: ['string', 'null'] }),
    ),
  };
}

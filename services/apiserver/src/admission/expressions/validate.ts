/** What is wrong with the expressions of an admission policy, a webhook or a custom resource: the part of their validation that takes a compiler. */
import type { MatchCondition, MutatingWebhookConfiguration, ValidatingAdmissionPolicy } from '@t8s/api';
import { type FieldError, invalidValue, type KubeObject } from '@t8s/meta';
import { type Compiled, compileMatchCondition, compilePolicy } from '@t8s/policy';
import { definitionRuleErrors } from '../../custom-resources/rules/validate-definition.ts';

/** By kindKey. Expressions that are missing are the kind's own concern. */
export const expressionRules: Readonly<Record<string, (object: KubeObject, old?: KubeObject) => FieldError[]>> = {
  'apiextensions.k8s.io/customresourcedefinitions': definitionRuleErrors,
  'admissionregistration.k8s.io/validatingadmissionpolicies': (object) => policyErrors(object as ValidatingAdmissionPolicy),
  'admissionregistration.k8s.io/validatingwebhookconfigurations': webhookErrors,
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': webhookErrors,
};

function webhookErrors(object: KubeObject): FieldError[] {
  const { webhooks = [] } = object as MutatingWebhookConfiguration;
  return webhooks.flatMap(({ matchConditions }, i) => conditionErrors(matchConditions, `webhooks[${i}].matchConditions`, false));
}

function policyErrors({ spec }: ValidatingAdmissionPolicy): FieldError[] {
  const { variables, validations, auditAnnotations } = compilePolicy(spec);
  return [
    ...conditionErrors(spec.matchConditions, 'spec.matchConditions', spec.paramKind !== undefined),
    ...variables.flatMap(({ value }, i) => errorOf(value, `spec.variables[${i}].expression`)),
    ...validations.flatMap(({ condition, message }, i) => [
      ...errorOf(condition, `spec.validations[${i}].expression`),
      ...(message ? errorOf(message, `spec.validations[${i}].messageExpression`) : []),
    ]),
    ...auditAnnotations.flatMap((value, i) => errorOf(value, `spec.auditAnnotations[${i}].valueExpression`)),
  ];
}

const conditionErrors = (conditions: readonly MatchCondition[] = [], path: string, params: boolean): FieldError[] =>
  conditions.flatMap(({ expression = '' }, i) => errorOf(compileMatchCondition(expression.trim(), { params }), `${path}[${i}].expression`));

function errorOf(result: Compiled, path: string): FieldError[] {
  if (!('error' in result) || result.expression.trim() === '') return [];
  return [invalidValue(path, result.expression, result.error.message)];
}

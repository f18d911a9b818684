/** What a policy says of a request (apiserver/pkg/admission/plugin/policy/validating, v1.34). */
import type { ValidatingAdmissionPolicy, Validation } from '@t8s/api';
import { CelError, CostBudget, LazyFields, type RawValue } from '@t8s/cel';
import { compilePolicy, type PolicyPrograms } from '@t8s/policy';
import type { Activation } from '../expressions/activation.ts';
import { evaluate, matchConditions } from '../expressions/conditions.ts';

/** One thing that stands against the request. */
export interface Refusal {
  message: string;
  reason?: string;
  /** Of the validation that is not met. */
  index: number;
  /** It could not be told whether it is. */
  failed?: boolean;
}

export interface Verdict {
  refusals: Refusal[];
  /** Why the audit log can't be given what it should, which denies the request whatever the bindings say. */
  failures: string[];
  /** For the audit log. */
  annotations: { key: string; value: string }[];
}

/** Longest message an expression may give (upstream's MaxEvaluatedMessageExpressionSizeBytes). */
const maxMessage = 5 * 1024;
/** Longest value of an audit annotation. */
const maxAnnotation = 10 * 1024;

/** Policies are compiled once a version. */
const known = new WeakMap<ValidatingAdmissionPolicy, PolicyPrograms>();

function programsOf(policy: ValidatingAdmissionPolicy): PolicyPrograms {
  const programs = known.get(policy) ?? compilePolicy(policy.spec);
  known.set(policy, programs);
  return programs;
}

/** Each validation that is not met. What fails counts as one, unless the policy ignores failures. */
export function verdictOf(policy: ValidatingAdmissionPolicy, given: Activation): Verdict {
  const { matchConditions: conditions, variables, validations, auditAnnotations } = programsOf(policy);
  const { failurePolicy, validations: rules = [], auditAnnotations: annotated = [] } = policy.spec;
  const failed = (message: string): string[] => (failurePolicy === 'Ignore' ? [] : [message]);
  const match = matchConditions(conditions, given, failurePolicy);
  if ('error' in match) return { ...nothing, refusals: failed(match.error).map((message) => ({ message, index: 0, failed: true })) };
  if (!match.matches) return nothing;
  const budget = new CostBudget();
  const activation = { ...given, variables: lazily(variables, given, budget) };
  const refusals = validations.flatMap<Refusal>(({ condition, message }, index) => {
    const result = evaluate(condition, activation, budget);
    if ('error' in result) return failed(result.error).map((why) => ({ message: why, index, failed: true }));
    if (result.value === true) return [];
    const told = message && evaluate(message, activation, budget);
    const rule = rules[index];
    const text = told && 'value' in told ? usable(told.value) : '';
    return rule ? [{ message: text || ownMessage(rule), reason: rule.reason ?? 'Invalid', index }] : [];
  });
  const own = new CostBudget();
  const values = auditAnnotations.map((annotation) => evaluate(annotation, { ...given, variables: lazily(variables, given, own) }, own));
  return {
    refusals,
    failures: values.flatMap((value) => ('error' in value ? failed(value.error) : [])),
    annotations: values.flatMap((result, i) => {
      const value = 'value' in result && typeof result.value === 'string' ? result.value.trim() : '';
      return value === '' ? [] : [{ key: annotated[i]?.key ?? '', value: value.slice(0, maxAnnotation) }];
    }),
  };
}

const nothing: Verdict = { refusals: [], failures: [], annotations: [] };

const ownMessage = ({ message = '', expression = '' }: Validation): string => message.trim() || `failed expression: ${expression.trim()}`;

/** One line, not too long; '' for anything else. */
function usable(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : '';
  return text.includes('\n') || Buffer.byteLength(text) > maxMessage ? '' : text;
}

/** The policy's variables: each is evaluated when it is first named, with those before it. */
function lazily(variables: PolicyPrograms['variables'], given: Activation, budget: CostBudget): LazyFields {
  const known = new Map<string, RawValue | CelError>();
  const fields: LazyFields = new LazyFields((name) => {
    const value = known.get(name) ?? compute(name);
    known.set(name, value);
    if (value instanceof CelError) throw value;
    return value;
  });
  return fields;

  function compute(name: string): RawValue | CelError {
    const found = variables.find((variable) => variable.name === name)?.value;
    if (!found) return new CelError('evaluate', `no such key: ${name}`);
    if ('error' in found) return new CelError('evaluate', `composited variable "${name}" fails to compile: ${found.error.message}`);
    try {
      return found.program.evaluateRaw({ ...given, variables: fields }, { budget });
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      return error.reason === 'budget'
        ? error
        : new CelError('evaluate', `composited variable "${name}" fails to evaluate: ${error.message}`);
    }
  }
}

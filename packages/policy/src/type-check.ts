/** What would be wrong with a policy's expressions if they knew the types of the objects they are about (KEP-3488, v1.34). */
import { type ExpressionWarning, type Kind, kinds, type ValidatingAdmissionPolicySpec } from '@t8s/api';
import { CelError, type CelType, compile } from '@t8s/cel';
import { formatApiVersion } from '@t8s/meta';
import { policyVariables } from './expressions.ts';
import { wireType } from './wire-type.ts';

/** So many types are tried at most. */
const maxTypes = 10;

/** One warning for each expression that fits not all of the built-in kinds its policy matches; wildcards are not tried. */
export function checkTypes(spec: ValidatingAdmissionPolicySpec): ExpressionWarning[] {
  const types = kindsToCheck(spec);
  const warning = (fieldRef: string, expression: string | undefined): ExpressionWarning[] => {
    const issues = expression ? types.flatMap((kind) => issueOf(expression, kind, spec)) : [];
    return issues.length > 0 ? [{ fieldRef, warning: issues.join('\n') }] : [];
  };
  return (spec.validations ?? []).flatMap(({ expression, messageExpression }, i) => [
    ...warning(`spec.validations[${i}].expression`, expression),
    ...warning(`spec.validations[${i}].messageExpression`, messageExpression),
  ]);
}

function kindsToCheck({ matchConstraints }: ValidatingAdmissionPolicySpec): Kind[] {
  const found = new Set<Kind>();
  for (const { apiGroups = [], apiVersions = [], resources = [] } of matchConstraints?.resourceRules ?? []) {
    if ([...apiGroups, ...apiVersions].some((name) => name.includes('*'))) continue;
    for (const kind of kinds) {
      const isNamed = apiGroups.includes(kind.group) && apiVersions.includes(kind.version) && resources.includes(kind.resource);
      if (isNamed && found.size < maxTypes) found.add(kind);
    }
  }
  const order = ({ group, version, kind }: Kind): string => `${group}\0${version}\0${kind}`;
  return [...found].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function issueOf(expression: string, kind: Kind, spec: ValidatingAdmissionPolicySpec): string[] {
  const object = wireType(kind.schema);
  const params = paramType(spec);
  const variables: Record<string, string> = {};
  const scope = (): Record<string, CelType> => ({
    ...policyVariables({ authorizer: true, params: params !== undefined, variables: { ...variables } }),
    object,
    oldObject: object,
    ...(params && { params }),
  });
  for (const { name, expression: value } of spec.variables ?? []) {
    const type = attempt(value, scope());
    variables[name] = 'type' in type ? type.type : 'dyn';
  }
  const result = attempt(expression, scope());
  if ('type' in result) return [];
  return [`${formatApiVersion(kind)}, Kind=${kind.kind}: ${result.issue.replace(/^compilation failed: /, '')}\n`];
}

function paramType({ paramKind }: ValidatingAdmissionPolicySpec): CelType | undefined {
  if (!paramKind) return undefined;
  const found = kinds.find((kind) => kind.kind === paramKind.kind && formatApiVersion(kind) === paramKind.apiVersion);
  return found ? wireType(found.schema) : 'dyn';
}

function attempt(expression: string, variables: Record<string, CelType>): { type: string } | { issue: string } {
  try {
    return { type: compile(expression, { variables }).resultType };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { issue: error.message };
  }
}

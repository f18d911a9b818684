import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  isDns1123Subdomain,
  isPathSegmentName,
  notSupported,
  notSupportedInOrder,
  required,
} from '@t8s/meta';
import { invalidBy } from '../../field-checks.ts';
import type { ParamRef, ValidatingAdmissionPolicyBinding } from '../../generated/types.ts';
import { validateLabelSelector } from '../../label-selector.ts';
import { validateMatchResources } from '../match-rules.ts';

const actionsKnown = ['Audit', 'Deny', 'Warn'];
const exclusive = 'name and selector are mutually exclusive';

export function validateBinding({ spec }: ValidatingAdmissionPolicyBinding): FieldError[] {
  const { policyName = '', paramRef, matchResources, validationActions = [] } = spec;
  return [
    ...(policyName === '' ? [required('spec.policyName')] : invalidBy('spec.policyName', policyName, isDns1123Subdomain(policyName))),
    ...(paramRef ? validateParamRef(paramRef, 'spec.paramRef') : []),
    ...validateMatchResources(matchResources, 'spec.matchResources'),
    ...validateActions(validationActions, 'spec.validationActions'),
  ];
}

function validateParamRef({ name = '', selector, parameterNotFoundAction: action = '' }: ParamRef, path: string): FieldError[] {
  const both = name !== '' && selector !== undefined;
  return [
    ...(name === '' ? [] : invalidBy(`${path}.name`, name, isPathSegmentName(name))),
    ...(both ? [forbiddenField(`${path}.name`, exclusive)] : []),
    ...validateLabelSelector(selector, `${path}.selector`),
    ...(both ? [forbiddenField(`${path}.selector`, exclusive)] : []),
    ...(name === '' && selector === undefined ? [required(path, 'one of name or selector must be specified')] : []),
    ...(action === ''
      ? [required(`${path}.parameterNotFoundAction`)]
      : ['Deny', 'Allow'].includes(action)
        ? []
        : [notSupportedInOrder(`${path}.parameterNotFoundAction`, action, ['Deny', 'Allow'])]),
  ];
}

function validateActions(actions: readonly string[], path: string): FieldError[] {
  return [
    ...actions.flatMap((action, i) => [
      ...(actionsKnown.includes(action) ? [] : [notSupported(`${path}[${i}]`, action, actionsKnown)]),
      ...(actions.indexOf(action) < i ? [duplicate(`${path}[${i}]`, action)] : []),
    ]),
    ...(actions.includes('Deny') && actions.includes('Warn')
      ? [
          invalidValue(
            path,
            actions,
            'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
          ),
        ]
      : []),
    ...(actions.length === 0 ? [required(path, 'at least one validation action is required')] : []),
  ];
}

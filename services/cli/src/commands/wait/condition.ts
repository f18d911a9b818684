/** What `kubectl wait --for` waits for. */
import { JsonPath, relaxedPath } from '../../printers/json-path.ts';
import type { AnyObject } from '../../resources/requests.ts';
import { Failure } from '../failure.ts';

/** `isMet` judges a version of the object; undefined is one that is not there. */
export interface Condition {
  kind: 'delete' | 'create' | 'state';
  isMet(object: AnyObject | undefined): boolean;
}

/** `delete`, `create`, `condition=NAME[=VALUE]`, `jsonpath={PATH}[=VALUE]`. Fails in kubectl's words. */
export function parseCondition(text: string): Condition {
  const [, word = '', rest = ''] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
  switch (text.includes('=') ? `${word.toLowerCase()}=` : word.toLowerCase()) {
    case 'delete':
      return { kind: 'delete', isMet: (object) => object === undefined };
    case 'create':
      return { kind: 'create', isMet: (object) => object !== undefined };
    case 'condition=': {
      const [name = '', value = 'true'] = rest.split('=');
      return { kind: 'state', isMet: (object) => object !== undefined && hasCondition(object, name, value) };
    }
    case 'jsonpath=':
      return jsonPathCondition(rest);
    default:
      throw new Failure(`error: unrecognized condition: ${JSON.stringify(text)}`);
  }
}

interface ConditionLike {
  type?: string;
  status?: string;
  observedGeneration?: number;
}

/** A condition that was seen for an older generation does not count. */
function hasCondition({ metadata, status }: AnyObject, name: string, value: string): boolean {
  const { conditions = [], observedGeneration } = (status ?? {}) as { conditions?: ConditionLike[]; observedGeneration?: number };
  const found = conditions.find(({ type }) => type?.toLowerCase() === name.toLowerCase());
  if (!found) return false;
  const seen = found.observedGeneration ?? observedGeneration;
  if (seen !== undefined && seen < (metadata.generation ?? 0)) return false;
  return found.status?.toLowerCase() === value.toLowerCase();
}

function jsonPathCondition(text: string): Condition {
  const [, template = '', value] = /^(\{.*\}|[^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (template === '')
    throw new Failure(
      "error: jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
    );
  const wanted = value?.replaceAll(/^['"]+|['"]+$/g, '');
  if (wanted === '') throw new Failure('error: jsonpath wait has to have a value after equal sign');
  const path = new JsonPath(relaxedPath(template));
  return { kind: 'state', isMet: (object) => object !== undefined && leadsTo(path.values(object), wanted) };
}

function leadsTo(values: readonly unknown[], wanted: string | undefined): boolean {
  if (values.length === 0) return false;
  if (values.length > 1) throw new Failure('error: given jsonpath expression matches more than one value');
  const [value] = values;
  if (wanted === undefined) return true;
  if (typeof value === 'object' && value !== null)
    throw new Failure('error: jsonpath leads to a nested object or list which is not supported');
  return String(value).trim() === wanted.trim();
}

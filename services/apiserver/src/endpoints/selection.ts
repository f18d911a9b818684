/** Which objects a list, watch or deletecollection means. */
import type { Kind } from '@t8s/api';
import { badRequest, type FieldSelector, type KubeObject, parseFieldSelector, parseLabelSelector, type Selector } from '@t8s/meta';

/** Longest selector taken, in characters. */
const maxSelector = 65_536;

export class Selection {
  readonly labels: Selector;
  readonly fields: FieldSelector;
  readonly #kind: Kind;

  /** Throws BadRequest on a selector that can't be read or names a field the kind doesn't offer. */
  constructor(kind: Kind, query: URLSearchParams, name = '') {
    const labelText = query.get('labelSelector') ?? '';
    const fieldText = query.get('fieldSelector') ?? '';
    if (labelText.length + fieldText.length > maxSelector) throw badRequest(`selectors may not be longer than ${maxSelector} characters`);
    this.#kind = kind;
    this.labels = parseLabelSelector(labelText);
    const fields = parseFieldSelector(fieldText);
    if (name !== '' && !fields.empty && fields.exact('metadata.name') !== name)
      throw badRequest("fieldSelector metadata.name doesn't match requested name");
    this.fields = name === '' || !fields.empty ? fields : parseFieldSelector(`metadata.name=${name}`);
    for (const { field } of fields.requirements) if (!this.#offers(field)) throw unknownField(kind, field);
  }

  get everything(): boolean {
    return this.labels.empty && this.fields.empty;
  }

  /** `stored` is in the spelling of the store. */
  matches(stored: KubeObject): boolean {
    if (!this.labels.matches(stored.metadata.labels)) return false;
    if (this.fields.empty) return true;
    return this.fields.matches(selectableFields(this.#kind, this.#kind.alias?.fromStorage(stored) ?? stored));
  }

  #offers(field: string): boolean {
    return Object.hasOwn(selectableFields(this.#kind, { metadata: {}, ...emptyParts }), field);
  }
}

/** Kinds with fields of their own say it in other words than those without, as upstream's do. */
const unknownField = ({ selectableFields: own }: Kind, field: string): Error =>
  badRequest(
    own
      ? `field label not supported: ${field}`
      : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );

/** Kinds read their selectable fields off these; an object without them offers the same fields. */
const emptyParts = { spec: {}, status: {}, involvedObject: {}, source: {}, regarding: {} };

function selectableFields(kind: Kind, object: KubeObject): Record<string, string> {
  const { name = '', namespace = '' } = object.metadata;
  return { 'metadata.name': name, ...(kind.namespaced && { 'metadata.namespace': namespace }), ...kind.selectableFields?.(object) };
}

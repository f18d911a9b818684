/** Who may write what of a request: the requester its spec once, approvers the decision, signers the certificate. */
import { formatTime } from '@t8s/meta';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../generated/types.ts';
import { keepFields } from '../../keep-fields.ts';
import type { Requester } from '../../kind.ts';

type Csr = CertificateSigningRequest;

/** Who asks is who the server says he is. */
export function prepareCsrForCreate(csr: Csr, by?: Requester): void {
  const { spec } = csr;
  csr.status = {};
  for (const field of ['username', 'uid', 'groups', 'extra'] as const) delete spec[field];
  if (by === undefined) return;
  spec.username = by.name;
  if (by.uid) spec.uid = by.uid;
  spec.groups = [...by.groups];
  const extra = Object.entries(by.extra ?? {}).map(([key, values]) => [key, [...values]]);
  if (extra.length > 0) spec.extra = Object.fromEntries(extra);
}

export function prepareCsrForUpdate(csr: Csr, old: Csr): void {
  csr.spec = old.spec;
  keepFields(csr, old, ['status']);
}

/** A signer leaves the decision as it is; one more, or one less, is for validation to refuse. */
export function prepareCsrStatus(csr: Csr, old: Csr): void {
  for (const type of ['Approved', 'Denied']) keepConditions(csr, old, type);
  stampConditions(csr, old);
}

export function prepareCsrApproval(csr: Csr, old: Csr): void {
  stampConditions(csr, old);
  csr.spec = old.spec;
  const { conditions } = csr.status ?? {};
  csr.status = { ...old.status };
  // None is a change as any other: one that validation refuses where there was a decision.
  keepFields(csr.status, { ...(conditions && { conditions }) }, ['conditions']);
}

function keepConditions({ status }: Csr, { status: old }: Csr, type: string): void {
  const conditions = status?.conditions ?? [];
  const before = (old?.conditions ?? []).filter((condition) => condition.type === type);
  const places = [...conditions.keys()].filter((i) => conditions[i]?.type === type);
  if (places.length !== before.length) return;
  for (const [i, place] of places.entries()) {
    const condition = before[i];
    if (condition) conditions[place] = condition;
  }
}

function stampConditions({ status }: Csr, { status: old }: Csr): void {
  const now = formatTime(Date.now());
  for (const condition of status?.conditions ?? []) {
    condition.lastUpdateTime ??= now;
    condition.lastTransitionTime ??= sameState(old?.conditions, condition)?.lastTransitionTime ?? now;
  }
}

const sameState = (
  conditions: readonly CertificateSigningRequestCondition[] = [],
  { type, status }: CertificateSigningRequestCondition,
): CertificateSigningRequestCondition | undefined =>
  conditions.find((other) => other.type === type && other.status === status && other.lastTransitionTime !== undefined);

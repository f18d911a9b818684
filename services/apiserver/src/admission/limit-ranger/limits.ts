/** Whether amounts keep to a range, in upstream's words. */
import type { LimitRangeItem } from '@t8s/api';
import { parseQuantity, type Quantity } from '@t8s/meta';

export interface Amounts {
  requests: Readonly<Record<string, Quantity>>;
  limits: Readonly<Record<string, Quantity>>;
}

/** What of `amounts` is against `item`; claims have requests only. */
export function violations(item: LimitRangeItem, { requests, limits }: Amounts): string[] {
  const { type, min = {}, max = {}, maxLimitRequestRatio: ratios = {} } = item;
  const bound = (word: string, name: string, amount: Quantity): string => `${word} ${name} usage per ${type} is ${amount}`;
  const found: string[] = [];
  for (const [name, text] of Object.entries(min)) {
    const enforced = parseQuantity(text);
    const [request, limit] = [requests[name], limits[name]];
    const said = bound('minimum', name, enforced);
    if (!request) found.push(`${said}.  No request is specified`);
    else if (request.compare(enforced) < 0) found.push(`${said}, but request is ${request}`);
    else if (limit && limit.compare(enforced) < 0) found.push(`${said}, but limit is ${limit}`);
  }
  for (const [name, text] of Object.entries(max)) {
    const enforced = parseQuantity(text);
    const [request, limit] = [requests[name], limits[name]];
    const said = bound('maximum', name, enforced);
    if (type === 'PersistentVolumeClaim') {
      if (!request) found.push(`${said}.  No request is specified`);
      else if (request.compare(enforced) > 0) found.push(`${said}, but request is ${request}`);
    } else if (!limit) found.push(`${said}.  No limit is specified`);
    else if (limit.compare(enforced) > 0) found.push(`${said}, but limit is ${limit}`);
    else if (request && request.compare(enforced) > 0) found.push(`${said}, but request is ${request}`);
  }
  for (const [name, text] of Object.entries(ratios)) {
    const enforced = parseQuantity(text);
    const said = `${name} max limit to request ratio per ${type} is ${enforced}`;
    const [request, limit] = [requests[name], limits[name]];
    if (!request || request.isZero) found.push(`${said}, but no request is specified or request is 0`);
    else if (!limit || limit.isZero) found.push(`${said}, but no limit is specified or limit is 0`);
    else {
      const ratio = Number(limit.nano) / Number(request.nano);
      if (ratio > Number(enforced.nano) / 1e9) found.push(`${said}, but provided ratio is ${ratio.toFixed(6)}`);
    }
  }
  return found;
}

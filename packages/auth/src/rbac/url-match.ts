/** Whether a rule's path is this one, or the beginning of it: `/healthz/*`. */
export function urlMatches(url: string, path: string): boolean {
  return url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1)));
}

/** The body at a URL, over a connection of its own: connections are what a Service spreads. Throws for all but a 2xx. */
export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}

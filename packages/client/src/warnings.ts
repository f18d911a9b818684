/** Warning headers as Kubernetes sends them: `299 - "text"`, several joined by commas (RFC 7234, section 5.5). */
const pattern = /299 \S+ "((?:[^"\\]|\\.)*)"/g;

export function readWarnings(header: string): string[] {
  return [...header.matchAll(pattern)].map(([, text = '']) => text.replaceAll(/\\(.)/g, '$1'));
}

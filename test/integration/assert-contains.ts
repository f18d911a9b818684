import assert from 'node:assert/strict';

/** Everything that was sent is in the answer. */
export function assertContains(answer: unknown, sent: unknown, path: string): void {
  if (Array.isArray(sent)) {
    assert.ok(Array.isArray(answer) && answer.length >= sent.length, `${path}: ${JSON.stringify(answer)} for ${JSON.stringify(sent)}`);
    for (const [i, item] of sent.entries()) assertContains(answer[i], item, `${path}[${i}]`);
  } else if (typeof sent === 'object' && sent !== null) {
    assert.ok(typeof answer === 'object' && answer !== null, `${path}: ${JSON.stringify(answer)} for ${JSON.stringify(sent)}`);
    for (const [key, value] of Object.entries(sent)) assertContains((answer as Record<string, unknown>)[key], value, `${path}.${key}`);
  } else assert.equal(answer, sent, path);
}

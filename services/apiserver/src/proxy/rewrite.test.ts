import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { htmlRewriter, rewriteLink } from './rewrite.ts';

const context = { prefix: '/api/v1/namespaces/d/services/web/proxy', backendHost: '10.1.2.3:80', requestHost: 'api.example.com:6443' };
const { prefix } = context;

test('links to the backend lead through the apiserver, others where they led', () => {
  const cases: [link: string, rewritten: string][] = [
    ['/', `${prefix}/`],
    ['/a/b/?c=/d#e', `${prefix}/a/b/?c=/d#e`],
    ['/a/../b', `${prefix}/b`],
    ['http://10.1.2.3:80/a', `${prefix}/a`],
    ['https://api.example.com:6443/a', `https://api.example.com:6443${prefix}/a`],
    [`${prefix}/a`, `${prefix}/a`],
    ['a/b', 'a/b'],
    ['?q', '?q'],
    ['http://elsewhere.example.com/a', 'http://elsewhere.example.com/a'],
    ['//elsewhere.example.com/a', '//elsewhere.example.com/a'],
    ['mailto:jane@example.com', 'mailto:jane@example.com'],
  ];
  for (const [link, rewritten] of cases) assert.equal(rewriteLink(link, context), rewritten, link);
});

test('of a page only the links change, whatever its encoding and wherever it is cut', async () => {
  const page =
    '<!DOCTYPE html>\n<a  HREF=/x class=q>Grüße \u{1f600}</a><img src="/i.png" alt="/no"><script>if (a<b) "/x"</script><p>&amp;</p>';
  const bytes = Buffer.from(page);
  for (const size of [1, 7, bytes.length]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
    const out = new PassThrough();
    const [seen] = await Promise.all([text(out), pipeline([Readable.from(chunks), ...htmlRewriter(context), out])]);
    assert.equal(
      seen,
      `<!DOCTYPE html>\n<a href="${prefix}/x" class="q">Grüße \u{1f600}</a><img src="${prefix}/i.png" alt="/no"><script>if (a<b) "/x"</script><p>&amp;</p>`,
    );
  }
});

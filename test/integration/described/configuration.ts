import type { ConfigMap, Secret } from '@t8s/api';
import { labels, named } from './metadata.ts';

export const configMaps: ConfigMap[] = [
  {
    metadata: named('one-key', { labels, annotations: { note: 'kept\n', 'example.com/long': `${'y'.repeat(150)}\nend` } }),
    data: { 'app.conf': 'a=1\nb\t=2\nlonger\t=3\n' },
  },
  { metadata: named('binary'), binaryData: { blob: Buffer.from([0, 1, 2, 255]).toString('base64') } },
  { metadata: named('several'), data: { b: '2', a: '1', c: '\u001b[31mred\r' } },
  { metadata: named('empty') },
];

export const secrets: Secret[] = [
  { metadata: named('one-key', { labels }), data: { password: Buffer.from('hunter2').toString('base64') } },
  { metadata: named('several'), type: 'example.com/own', data: { user: 'YQ==', 'a-long-name.txt': 'YWJj' } },
];

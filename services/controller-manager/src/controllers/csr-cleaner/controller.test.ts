import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CertificateSigningRequestStatus, certificateSigningRequestKind } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import { createCa, issueCertificate } from '@t8s/auth';
import { formatTime, isStatus } from '@t8s/meta';
import { csr } from '../../certificates/test-requests.ts';
import { startControllers } from '../../test-context.ts';
import { csrCleanerController } from './controller.ts';

const minutes = 60_000;
const clock = new FakeClock();
const now = new Date(clock.now());
const ca = await createCa({ commonName: 'kubernetes', now });
const issue = async (days: number): Promise<string> =>
  Buffer.from((await issueCertificate({ ca, subject: { commonName: 'x' }, usages: [], days, now })).cert).toString('base64');
const condition = (type: string) => ({ conditions: [{ type, status: 'True', lastUpdateTime: formatTime(clock.now()) }] });

test('requests go when upstream’s time for their state is over', async () => {
  const lives: [name: string, minutes: number, status: CertificateSigningRequestStatus][] = [
    ['issued', 60, { ...condition('Approved'), certificate: await issue(1) }],
    ['issued-for-minutes', 15, { ...condition('Approved'), certificate: await issue(1 / 96) }],
    ['denied', 60, condition('Denied')],
    ['failed', 60, condition('Failed')],
    ['waiting', 24 * 60, {}],
    ['approved-by-a-signer-that-is-away', 24 * 60, condition('Approved')],
  ];
  const { client, settle, stop } = await startControllers((context) => [csrCleanerController(context)], { clock });
  const requests = client.resource(certificateSigningRequestKind);
  for (const [name, , status] of lives) await requests.updateStatus({ ...(await requests.create(await csr(name))), status });
  const isThere = (name: string): Promise<boolean> =>
    requests.get({ name }).then(
      () => true,
      (error: unknown) => !isStatus(error, 'NotFound'),
    );
  for (const end of [15, 60, 24 * 60]) {
    await settle(now.getTime() + (end - 1) * minutes - clock.now());
    for (const [name, life] of lives) assert.equal(await isThere(name), life >= end, `${name} before minute ${end}`);
    await settle(2 * minutes);
    for (const [name, life] of lives) assert.equal(await isThere(name), life > end, `${name} after minute ${end}`);
  }
  stop();
});

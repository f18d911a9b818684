import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod, Secret } from '@t8s/api';
import { FakeClock } from '@t8s/async';
import type { AuthConfig, Image, ImageService } from '@t8s/cri';
import { ImageError, ImagePuller } from './image-puller.ts';
import { credentialsFor } from './pull-credentials.ts';

const pod: Pod = { metadata: { name: 'p', uid: 'u' }, spec: { containers: [] } };

function setUp(
  present: Set<string>,
  pullable: Set<string>,
): { puller: ImagePuller; events: string[]; pulls: (AuthConfig | null | undefined)[]; clock: FakeClock } {
  const clock = new FakeClock();
  const events: string[] = [];
  const pulls: (AuthConfig | null | undefined)[] = [];
  const images = {
    imageStatus: async ({ image }: { image: { image: string } }) => ({
      image: present.has(image.image) ? ({ size: 42 } as Image) : null,
      info: {},
    }),
    pullImage: async ({ image, auth }: { image: { image: string }; auth?: AuthConfig }) => {
      pulls.push(auth);
      if (!pullable.has(image.image)) throw new Error('manifest unknown');
      present.add(image.image);
      return { imageRef: '' };
    },
  } as unknown as ImageService;
  const puller = new ImagePuller({
    images,
    clock,
    secrets: async () => [],
    event: (_, __, type, reason, message) => events.push(`${type} ${reason} ${message}`),
  });
  return { puller, events, pulls, clock };
}

const container = (image: string, imagePullPolicy: string): Container => ({ name: 'app', image, imagePullPolicy });
const reasonOf = (error: unknown): string => (error instanceof ImageError ? error.reason : String(error));

test('pull policies', async () => {
  const { puller, events } = setUp(new Set(['here']), new Set(['there', 'here']));
  await puller.ensure(pod, container('here', 'IfNotPresent'));
  await puller.ensure(pod, container('here', 'Always'));
  await assert.rejects(puller.ensure(pod, container('none', 'Never')), (e) => reasonOf(e) === 'ErrImageNeverPull');
  assert.deepEqual(events, [
    'Normal Pulled Container image "here" already present on machine',
    'Normal Pulling Pulling image "here"',
    'Normal Pulled Successfully pulled image "here" in 0s (0s including waiting). Image size: 42 bytes.',
    'Warning ErrImageNeverPull Container image "none" is not present with pull policy of Never',
  ]);
});

test('a pull that fails is tried again after 10 s, then 20 s; between them it only says so', async () => {
  const { puller, events, pulls, clock } = setUp(new Set(), new Set());
  const attempt = async (): Promise<ImageError> =>
    puller.ensure(pod, container('none', 'IfNotPresent')).then(
      () => assert.fail(),
      (e: ImageError) => e,
    );
  assert.equal((await attempt()).reason, 'ErrImagePull');
  const waiting = await attempt();
  assert.equal(waiting.message, 'Back-off pulling image "none": ErrImagePull: manifest unknown');
  assert.equal(waiting.retryAfter, 10_000);
  await clock.advance(10_000);
  assert.equal((await attempt()).reason, 'ErrImagePull');
  assert.equal((await attempt()).retryAfter, 20_000);
  assert.equal(pulls.length, 2);
  assert.deepEqual(events.slice(0, 3), [
    'Normal Pulling Pulling image "none"',
    'Warning Failed Failed to pull image "none": manifest unknown',
    'Normal BackOff Back-off pulling image "none"',
  ]);
});

test('credentials go only to the registry they are for', () => {
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  const config = {
    auths: {
      'https://reg.local:5000/v2/': { username: 'a' },
      'reg.local:5000/team': { username: 'b' },
      'https://index.docker.io/v1/': { auth: encode('h:p') },
    },
  };
  const secret: Secret = { metadata: { name: 's' }, data: { '.dockerconfigjson': encode(JSON.stringify(config)) } };
  const users = (image: string): unknown => credentialsFor(image, [secret]).map((c) => c.username ?? c.auth);
  assert.deepEqual(users('reg.local:5000/team/app:1'), ['b', 'a']);
  assert.deepEqual(users('reg.local:5000/teamwork/app'), ['a']);
  assert.deepEqual(users('nginx'), [encode('h:p')]);
  assert.deepEqual(users('evil.reg.local:5000/app'), []);
});

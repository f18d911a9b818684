/** `t8s down`: ends the cluster of this machine. */
import { existsSync } from 'node:fs';
import type { Installation } from './processes.ts';
import type { Progress } from './progress.ts';
import { readSettings } from './settings.ts';
import { tearDown } from './teardown.ts';
import { invokingPerson, removeContext } from './user-kubeconfig.ts';

export interface DownOptions {
  dataDir: string;
  purge: boolean;
  installation: Installation;
  progress: Progress;
}

/** May be repeated: what is gone already is no error. */
export async function down({ dataDir, purge, installation, progress }: DownOptions): Promise<void> {
  await tearDown({ dataDir, settings: readSettings(dataDir), installation, progress, purge });
  if (purge) removeContext(invokingPerson());
  progress.say('');
  if (purge || !existsSync(dataDir)) progress.say('Nothing of the cluster is left.');
  else
    progress.say(
      `The cluster is down; its data is kept in ${dataDir}. \`sudo ./t8s up\` brings it back, \`sudo ./t8s down --purge\` removes it.`,
    );
}

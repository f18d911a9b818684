import { kubernetesVersion } from '@t8s/component';
import { formatJsonAsIs } from '../../printers/go-json.ts';
import { formatYaml } from '../../printers/go-yaml.ts';
import { Failure } from '../failure.ts';
import type { Invocation, VerbBody } from '../verb.ts';

export const versionVerb: VerbBody = {
  examples: '# Print the client and server versions for the current context\nkubectl version',
  flags: [
    { name: 'client', type: 'boolean', default: false, help: 'If true, shows client version only (no server required).' },
    { name: 'output', short: 'o', type: 'string', help: "One of 'yaml' or 'json'." },
  ],
  run: version,
};

interface VersionInfo {
  gitVersion: string;
  major: string;
  minor: string;
}

async function version({ session, args, flags }: Invocation): Promise<void> {
  if (args.length > 0) throw new Failure(`error: extra arguments: [${args.join(' ')}]`);
  const output = flags.text('output');
  if (output !== '' && output !== 'json' && output !== 'yaml') throw new Failure("error: --output must be 'yaml' or 'json'");
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(kubernetesVersion) ?? [];
  const clientVersion: VersionInfo = { major, minor, gitVersion: kubernetesVersion };
  let serverVersion: VersionInfo | undefined;
  let failure: unknown;
  if (!flags.on('client'))
    try {
      serverVersion = await session.client.getJson<VersionInfo>('/version');
    } catch (error) {
      failure = error;
    }
  const shown = { clientVersion, ...(serverVersion && { serverVersion }) };
  if (output === 'json') session.io.out(formatJsonAsIs(shown, 2));
  else if (output === 'yaml') session.io.out(formatYaml(shown));
  else {
    session.io.out(`Client Version: ${clientVersion.gitVersion}\n`);
    if (serverVersion) session.io.out(`Server Version: ${serverVersion.gitVersion}\n`);
  }
  if (failure !== undefined) throw failure;
}

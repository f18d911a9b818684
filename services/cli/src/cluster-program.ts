/** `t8s up`, `down` and `status`. */
import { dirname, resolve } from 'node:path';
import { UsageError } from '@t8s/component';
import { StatusError } from '@t8s/meta';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { requireRoot, withLock } from './cluster/preflight.ts';
import { Progress } from './cluster/progress.ts';
import { CommandError } from './cluster/run-command.ts';
import { SetupError } from './cluster/setup-error.ts';

/** The launcher runs `<install>/bin/cli.js`. */
const installation = { dir: resolve(dirname(process.argv[1] ?? ''), '..') };
const defaultDataDir = '/var/lib/t8s';

/** Runs the command line of this process; resolves with the exit code. */
export async function runClusterProgram(signal: AbortSignal): Promise<number> {
  try {
    await program(signal).parseAsync();
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError && error.code.startsWith('commander.help')) return error.exitCode;
    process.stderr.write(`t8s: ${messageOf(error, signal)}\n`);
    return error instanceof CommanderError || error instanceof UsageError ? 2 : 1;
  }
}

interface UpFlags {
  nodes?: number;
  demo?: boolean;
  dataDir: string;
  podNetworkCidr?: string;
  serviceCidr?: string;
}

function program(signal: AbortSignal): Command {
  const root = new Command('t8s')
    .description('Kubernetes in TypeScript: a cluster on this machine, and the client to drive it with.')
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addHelpText(
      'after',
      '\nComponents, with their upstream flags: t8s apiserver | scheduler | controller-manager | kubelet | kube-proxy | dns\n\n' +
        'Examples:\n  sudo ./t8s up --demo            a cluster of one node, with something running in it\n' +
        '  sudo ./t8s up --nodes 3         three hosts\n  ./t8s kubectl get pods -A       the bundled client\n' +
        '  sudo ./t8s down --purge         remove every trace',
    );
  root
    .command('up')
    .description('start the cluster, or repair it')
    .option(
      '--nodes <n>',
      'hosts: this machine, and n-1 network namespaces with a Docker of their own (default: as before, or 1)',
      readNodes,
    )
    .option('--demo', 'deploy a web server behind a node port, and ask it')
    .option('--data-dir <dir>', 'where the cluster keeps its data', defaultDataDir)
    .option('--pod-network-cidr <range>', 'addresses of pods (default: as before, or 10.244.0.0/16)')
    .option('--service-cidr <range>', 'addresses of services (default: as before, or 10.96.0.0/12)')
    .addHelpText('after', '\nExamples:\n  sudo ./t8s up --demo\n  sudo ./t8s up --nodes 3 --pod-network-cidr 10.200.0.0/16')
    .action(async ({ nodes, demo = false, dataDir, podNetworkCidr: podCidr, serviceCidr }: UpFlags) => {
      requireRoot('up');
      const { up } = await import('./cluster/up.ts');
      const wanted = { ...(nodes !== undefined && { nodes }), ...(podCidr && { podCidr }), ...(serviceCidr && { serviceCidr }) };
      const options = { dataDir: resolve(dataDir), wanted, demo, installation, progress: progress(), signal };
      await withLock('up', () => up(options));
    });
  root
    .command('down')
    .description('end the cluster; its data is kept')
    .option('--purge', 'remove its data, images and kubeconfig context too')
    .option('--data-dir <dir>', 'where the cluster keeps its data (default: that of the running cluster, or /var/lib/t8s)')
    .addHelpText('after', '\nExamples:\n  sudo ./t8s down\n  sudo ./t8s down --purge')
    .action(async ({ purge = false, dataDir }: { purge?: boolean; dataDir?: string }) => {
      requireRoot('down');
      const { down } = await import('./cluster/down.ts');
      const options = { dataDir: await presentDataDir(dataDir), purge, installation, progress: progress() };
      await withLock('down', () => down(options));
    });
  root
    .command('status')
    .description('show processes, nodes and pods; exit code 1 unless all is well')
    .option('--data-dir <dir>', 'where the cluster keeps its data (default: that of the running cluster, or /var/lib/t8s)')
    .action(async ({ dataDir }: { dataDir?: string }) => {
      requireRoot('status');
      const { status } = await import('./cluster/status.ts');
      const isWell = await status({ dataDir: await presentDataDir(dataDir), out: (text) => process.stdout.write(text) });
      if (!isWell) process.exitCode = 1;
    });
  root.command('kubectl').description('the bundled client: see `t8s kubectl --help`').allowUnknownOption().helpOption(false);
  return root;
}

async function presentDataDir(given: string | undefined): Promise<string> {
  const { runningClusters } = await import('./cluster/running.ts');
  return resolve(given ?? runningClusters()[0] ?? defaultDataDir);
}

function progress(): Progress {
  return new Progress({ out: process.stdout, isTerminal: process.stdout.isTTY === true && process.env.TERM !== 'dumb' });
}

function readNodes(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError(`'${text}' is not a number.`);
  return Number(text);
}

/** One line; what we didn't foresee shows where it happened. */
function messageOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return (signal.reason as Error).message;
  if (error instanceof CommanderError) return `${error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ')}; see 't8s --help'`;
  if (error instanceof SetupError || error instanceof CommandError || error instanceof UsageError || error instanceof StatusError)
    return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

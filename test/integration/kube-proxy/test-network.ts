/** A host of its own with pods and a neighbour, made of network namespaces that nothing else can see. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type RunCommand, runCommand } from '@t8s/kube-proxy';

const server = `
const [tcp, udp] = [require('node:net'), require('node:dgram')];
for (const address of process.argv.slice(1)) {
  tcp.createServer((socket) => socket.on('error', () => {}).end(address + ' ' + socket.remoteAddress)).listen(8080, address);
  const socket = udp.createSocket('udp4').on('message', (_, from) => socket.send(address, from.port, from.address));
  socket.bind(8080, address);
}
console.log('up');`;

/** Connects as often as told; prints a JSON array of what was answered, or the error's code. */
const tcpClient = `
const net = require('node:net');
const [host, port, count] = process.argv.slice(1);
const ask = () => new Promise((resolve) => {
  let text = '';
  const socket = net.connect({ host, port: Number(port) }).setTimeout(1500);
  socket.on('data', (data) => { text += data; });
  socket.on('timeout', () => { resolve('timeout'); socket.destroy(); });
  socket.on('error', (error) => resolve(error.code)).on('close', () => resolve(text));
});
(async () => {
  const answers = [];
  for (let i = 0; i < Number(count); i++) answers.push(await ask());
  console.log(JSON.stringify(answers));
})();`;

/** One socket that stays; each line on standard input is a question, each line of output an answer or 'timeout'. */
const udpClient = `
const socket = require('node:dgram').createSocket('udp4');
socket.connect(Number(process.argv[2]), process.argv[1]);
let answer = () => {};
socket.on('message', (text) => answer(String(text))).on('error', (error) => answer(error.code));
require('node:readline').createInterface({ input: process.stdin }).on('line', () => {
  const timer = setTimeout(() => answer('timeout'), 1500);
  answer = (text) => { clearTimeout(timer); answer = () => {}; console.log(text); };
  socket.send('?', (error) => { if (error) answer(error.code); });
});`;

/** The next line a child writes; rejects where it ends instead. */
async function lineOf(child: ChildProcess): Promise<string> {
  const stop = new AbortController();
  const ended = once(child, 'exit', { signal: stop.signal }).then(([code]) => {
    throw new Error(`a helper process ended with ${code}`);
  });
  const line = once(child.stdout ?? child, 'data', { signal: stop.signal }).then(([data]) => String(data).trim());
  try {
    return await Promise.race([line, ended]);
  } finally {
    stop.abort();
    await Promise.allSettled([line, ended]);
  }
}

export class TestNetwork {
  readonly host = `t8s-kp-${process.pid}-h`;
  readonly neighbour = `t8s-kp-${process.pid}-n`;
  readonly pods = `t8s-kp-${process.pid}-p`;
  readonly #children: ChildProcess[] = [];

  /** The host, 192.0.2.1 and 10.244.0.1, routes between pods and the neighbour, 192.0.2.2. */
  async up(podAddresses: readonly string[]): Promise<void> {
    const { host, neighbour, pods } = this;
    for (const ns of [host, neighbour, pods]) await this.#ip(`netns add ${ns}`);
    await this.#ip(`-n ${host} link add eth0 type veth peer name eth0 netns ${neighbour}`);
    await this.#ip(`-n ${host} link add pods0 type veth peer name eth0 netns ${pods}`);
    const interfaces = [
      { ns: host, name: 'eth0', address: '192.0.2.1/24' },
      { ns: host, name: 'pods0', address: '10.244.0.1/24' },
      { ns: neighbour, name: 'eth0', address: '192.0.2.2/24' },
      ...podAddresses.map((address) => ({ ns: pods, name: 'eth0', address: `${address}/24` })),
    ];
    for (const { ns, name, address } of interfaces) {
      await this.#ip(`-n ${ns} address add ${address} dev ${name}`);
      await this.#ip(`-n ${ns} link set ${name} up`);
      await this.#ip(`-n ${ns} link set lo up`);
    }
    await this.#ip(`-n ${neighbour} route add default via 192.0.2.1`);
    await this.#ip(`-n ${pods} route add default via 10.244.0.1`);
    await this.#ip(`-n ${host} route add default via 192.0.2.2`);
    for (const file of ['ip_forward', 'conf/all/route_localnet'])
      await this.#checked(this.run, 'sh', ['-c', `echo 1 > /proc/sys/net/ipv4/${file}`]);
    await lineOf(this.#node(pods, server, podAddresses));
  }

  async down(): Promise<void> {
    for (const child of this.#children) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    for (const ns of [this.host, this.neighbour, this.pods]) await runCommand('ip', ['netns', 'delete', ns]);
  }

  /** Runs a program on the host. */
  readonly run: RunCommand = (program, args, input) => runCommand('ip', ['netns', 'exec', this.host, program, ...args], input);

  async text(program: string, args: readonly string[]): Promise<string> {
    return this.#checked(this.run, program, args);
  }

  /** What `count` connections were answered: `<pod> <client's address as the pod sees it>`, or an error's code. */
  async ask(from: 'host' | 'neighbour', address: string, port: number, count = 1): Promise<string[]> {
    const args = ['netns', 'exec', this[from], process.execPath, '-e', tcpClient, '--', address, String(port), String(count)];
    return JSON.parse(await this.#checked(runCommand, 'ip', args)) as string[];
  }

  /** A UDP client on the host that keeps its socket. */
  udpClient(address: string, port: number): () => Promise<string> {
    const child = this.#node(this.host, udpClient, [address, String(port)]);
    return async () => {
      child.stdin?.write('\n');
      return lineOf(child);
    };
  }

  #node(ns: string, source: string, args: readonly string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', ns, process.execPath, '-e', source, '--', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#children.push(child);
    return child;
  }

  async #ip(command: string): Promise<void> {
    await this.#checked(runCommand, 'ip', command.split(' '));
  }

  async #checked(run: RunCommand, program: string, args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await run(program, args);
    if (code !== 0) throw new Error(`${program} ${args.slice(0, 6).join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  }
}

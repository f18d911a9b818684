/** The demo's server: every answer names the pod and the node that gave it. */
import { createServer } from 'node:http';
import { hostname } from 'node:os';

// A pod's host name is its name; the node's must be handed in.
const { POD_NAME = hostname(), NODE_NAME, PORT = '8080' } = process.env;
const answer = `Hello from ${POD_NAME}${NODE_NAME === undefined ? '' : ` on ${NODE_NAME}`}\n`;

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(answer);
}).listen(Number(PORT), () => console.log(`listening on ${PORT}`));

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
});

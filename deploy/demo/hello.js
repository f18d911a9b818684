/** The demo's server: every answer names the pod and the node that gave it. */
import { createServer } from 'node:http';

const { POD_NAME = 'unknown', NODE_NAME = 'unknown', PORT = '8080' } = process.env;

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`Hello from ${POD_NAME} on ${NODE_NAME}\n`);
}).listen(Number(PORT), () => console.log(`listening on ${PORT}`));

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
});

// An HTTP/1.1 server that tells on its output what it read: node witness.js PORT. A line is
// `ok` or what went wrong, Host, octets of the body, method and target, with tabs between them.
'use strict';
const http = require('node:http');

const tell = (...what) => process.stdout.write(what.join('\t') + '\n');

const server = http.createServer((request, response) => {
  let body = 0;
  let told = false;
  const end = (outcome) => {
    if (!told) {
      told = true;
      tell(outcome, request.headers.host ?? '', body, `${request.method} ${request.url}`);
    }
  };
  request.on('data', (chunk) => (body += chunk.length));
  request.on('end', () => {
    end('ok');
    response.end(`served ${request.url}\n`);
  });
  request.on('error', () => end('aborted'));
  request.on('close', () => end('aborted'));
});

server.on('clientError', (error, socket) => {
  if (error.rawPacket) {
    const line = error.rawPacket.toString('latin1').split('\r\n', 1)[0];
    tell(error.code, '', 0, line.split(' ').slice(0, 2).join(' '));
  }
  socket.destroy();
});
server.keepAliveTimeout = 600_000;
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'));

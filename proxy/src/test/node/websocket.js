// An HTTP/2 server that takes WebSockets (RFC 8441): node websocket.js PORT [KEY CERTIFICATE]. It
// tells on its output the head of each request as JSON, and what it got.
'use strict';
const fs = require('node:fs');
const http2 = require('node:http2');

const tell = (what) => process.stdout.write(what + '\n');

// Sends every frame back, as RFC 6455 has it: a Close too, and then it ends.
const echoFrames = (stream) => {
  let held = Buffer.alloc(0);
  const next = () => {
    if (held.length < 2) return false;
    let length = held[1] & 0x7f;
    let at = 2;
    if (length === 126) {
      if (held.length < 4) return false;
      length = held.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (held.length < 10) return false;
      length = Number(held.readBigUInt64BE(2));
      at = 10;
    }
    if (held.length < at + 4 + length) return false;
    const mask = held.subarray(at, at + 4);
    const payload = Buffer.from(held.subarray(at + 4, at + 4 + length));
    for (let i = 0; i < length; i++) payload[i] ^= mask[i % 4];
    const opcode = held[0] & 0xf;
    const head = Buffer.from(held.subarray(0, at));
    head[0] = opcode === 9 ? 0x8a : head[0];
    head[1] &= 0x7f;
    held = held.subarray(at + 4 + length);
    stream.write(Buffer.concat([head, payload]));
    if (opcode === 8) stream.end();
    return true;
  };
  stream.on('data', (chunk) => {
    held = Buffer.concat([held, chunk]);
    while (next());
  });
};

const count = (stream, then) => {
  let octets = 0;
  stream.on('data', (chunk) => (octets += chunk.length));
  stream.on('end', () => then(octets));
};

const paths = {
  '/chat': echoFrames,
  '/octets': (stream) => stream.pipe(stream),
  '/count': (stream) => count(stream, (octets) => stream.end('got ' + octets)),
  '/bye': (stream) => {
    count(stream, (octets) => tell('got ' + octets));
    stream.end('bye');
  },
  '/flood': (stream) => {
    let left = 1024;
    const more = () => {
      while (left-- > 0) {
        if (!stream.write(Buffer.alloc(64 * 1024))) {
          stream.once('drain', more);
          return;
        }
      }
      stream.end();
    };
    stream.resume();
    more();
  },
};

const settings = { enableConnectProtocol: true };
const [port, key, cert] = process.argv.slice(2);
const server = key
  ? http2.createSecureServer({ settings, key: fs.readFileSync(key), cert: fs.readFileSync(cert) })
  : http2.createServer({ settings });

server.on('session', () => tell('connection'));
server.on('stream', (stream, headers) => {
  tell(JSON.stringify(headers));
  stream.on('error', (error) => tell('error ' + error.code));
  const path = paths[headers[':path']];
  if (headers[':method'] !== 'CONNECT' || headers[':protocol'] !== 'websocket' || !path) {
    stream.respond({ ':status': 403 });
    stream.end('no');
    return;
  }
  const chosen = headers['sec-websocket-protocol'];
  stream.respond({ ':status': 200, ...(chosen && { 'sec-websocket-protocol': chosen }) });
  path(stream);
});
server.listen(Number(port), '127.0.0.1', () => tell('ready'));

// A client that asks for a WebSocket by HTTP/2's extended CONNECT over TLS (RFC 8441):
// node websocket-client.js PORT PATH CA. It says hello, sends 1 MiB, pings and closes with 4321, and
// tells what it hears, one a line.
'use strict';
const fs = require('node:fs');
const http2 = require('node:http2');

const [port, path, ca] = process.argv.slice(2);
const tell = (what) => process.stdout.write(what + '\n');
const fail = (error) => {
  tell('error ' + (error.code ?? error.message));
  process.exit(1);
};

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;

const frame = (opcode, payload) => {
  const mask = Buffer.from([1, 2, 3, 4]);
  const length = Buffer.alloc(payload.length < 126 ? 1 : 9);
  length[0] = 0x80 | Math.min(payload.length, 127);
  if (length.length > 1) length.writeBigUInt64BE(BigInt(payload.length), 1);
  const masked = payload.map((octet, i) => octet ^ mask[i % 4]);
  return Buffer.concat([Buffer.from([0x80 | opcode]), length, mask, masked]);
};

// Frames of a server: FIN or not, never masked.
const reader = (onFrame) => {
  let held = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      if (held.length < 2) return;
      let length = held[1];
      let at = 2;
      if (length === 126) {
        if (held.length < 4) return;
        length = held.readUInt16BE(2);
        at = 4;
      } else if (length === 127) {
        if (held.length < 10) return;
        length = Number(held.readBigUInt64BE(2));
        at = 10;
      }
      if (held.length < at + length) return;
      onFrame(held[0] & 0x80, held[0] & 0xf, held.subarray(at, at + length));
      held = held.subarray(at + length);
    }
  };
};

const session = http2.connect('https://localhost:' + port, { ca: fs.readFileSync(ca) });
session.on('error', fail);
session.once('remoteSettings', (settings) => {
  if (!settings.enableConnectProtocol) fail(new Error('no extended CONNECT'));
  const stream = session.request(
    {
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'https',
      ':authority': 'localhost:' + port,
      ':path': path,
      'sec-websocket-version': '13',
    },
    { endStream: false },
  );
  stream.on('error', fail);
  let parts = [];
  let kind = 0;
  const say = { hello: () => stream.write(frame(BINARY, Buffer.alloc(1 << 20, 7))) };
  const whole = (message) => {
    if (kind === TEXT) {
      tell('text ' + message);
      say[message]?.();
    } else {
      tell(`binary ${message.length} ${message.every((octet) => octet === 7)}`);
      stream.write(frame(PING, Buffer.from('ping')));
    }
  };
  const heard = (last, opcode, payload) => {
    if (opcode === CLOSE) {
      tell('close ' + payload.readUInt16BE(0));
      stream.end();
    } else if (opcode > CLOSE) {
      tell('pong ' + payload);
      stream.write(frame(CLOSE, Buffer.from([4321 >> 8, 4321 & 0xff])));
    } else {
      kind = opcode || kind;
      parts.push(Buffer.from(payload));
      if (last) {
        const message = Buffer.concat(parts);
        parts = [];
        whole(message);
      }
    }
  };
  stream.on('response', (headers) => {
    if (headers[':status'] !== 200) {
      tell('status ' + headers[':status']);
      stream.resume();
      stream.on('end', () => session.destroy());
      stream.end();
      return;
    }
    stream.on('data', reader(heard));
    stream.on('end', () => session.destroy());
    stream.write(frame(TEXT, Buffer.from('hello')));
  });
});

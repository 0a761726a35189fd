#!/usr/bin/env node
// The launcher. CommonJS and old syntax (see package.json beside it), so that an old Node gets as far as the sentence
// that names the Node it needs, and so that `--version` never starts the module loader.
'use strict';
var fs = require('fs');
var path = require('path');

var about = JSON.parse(fs.readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8'));
var oldest = Number(/\d+/.exec(about.engines.node)[0]);
var given = process.argv.slice(2);

if (Number(process.versions.node.split('.')[0]) < oldest) {
  fail(
    'fernspeak needs Node ' + oldest + ' or newer; this is Node ' + process.versions.node + '.',
    'in a clone, `npm start` fetches one and ./fernspeak uses it; elsewhere see https://nodejs.org/en/download',
  );
} else if (/^(--version|-V)( --json)?$|^--json (--version|-V)$/.test(given.join(' '))) {
  printVersions(given.length > 1);
} else {
  start();
}

function fail(sentence, hint) {
  process.stderr.write('error: ' + sentence + '\nhint: ' + hint + '\n');
  process.exitCode = 1;
}

function printVersions(asJson) {
  var node = process.versions;
  var protocol = ['fernet 0x80', 'fernspeak/passphrase/v1', 'fernspeak/frame/v1'];
  var lines = [
    'fernspeak ' + about.version,
    'node      ' + node.node + ' (OpenSSL ' + node.openssl + ', SQLite ' + node.sqlite + ')',
    'protocol  ' + protocol.join(', '),
  ];
  var object = {
    version: about.version,
    node: node.node,
    openssl: node.openssl,
    sqlite: node.sqlite,
    protocol: protocol,
  };
  process.stdout.write((asJson ? JSON.stringify(object) : lines.join('\n')) + '\n');
}

function start() {
  var main = path.join(__dirname, '..', 'dist', 'main.js');
  if (!fs.existsSync(main)) {
    return fail(
      'the command is not built yet: ' + main + ' is missing.',
      'in a clone, run `npm start`, or `npm run build` once everything is installed.',
    );
  }
  var cache = compileCacheFolder();
  if (cache) require('module').enableCompileCache(cache);
  void import(require('url').pathToFileURL(main).href);
}

/**
 * A folder of our own for compiled code, made if need be; null where there is none that only we can write: whoever
 * can write there decides what we run.
 */
function compileCacheFolder() {
  var home = process.env.HOME || process.env.USERPROFILE || '';
  var caches = process.env.XDG_CACHE_HOME || process.env.LOCALAPPDATA;
  if (!caches && home) caches = path.join(home, process.platform === 'darwin' ? 'Library/Caches' : '.cache');
  if (!caches || !path.isAbsolute(caches)) return null;
  var folder = path.join(caches, 'fernspeak', 'compiled');
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    var found = fs.lstatSync(folder);
    var ours = !process.getuid || (found.uid === process.getuid() && (found.mode & 0o077) === 0);
    return found.isDirectory() && ours ? folder : null;
  } catch {
    return null; // a read-only home: it starts without
  }
}

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
  process.stderr.write(
    'error: fernspeak needs Node ' + oldest + ' or newer; this is Node ' + process.versions.node + '.\n' +
    'hint: in a clone, `npm start` fetches one and ./fernspeak uses it; elsewhere see https://nodejs.org/en/download\n'
  );
  process.exitCode = 1;
} else if (/^(--version|-V)( --json)?$|^--json (--version|-V)$/.test(given.join(' '))) {
  printVersions(given.length > 1);
} else {
  start();
}

function printVersions(asJson) {
  var versions = {
    version: about.version,
    node: process.versions.node,
    openssl: process.versions.openssl,
    sqlite: process.versions.sqlite,
    protocol: ['fernet 0x80', 'fernspeak/passphrase/v1'],
  };
  process.stdout.write(
    asJson
      ? JSON.stringify(versions) + '\n'
      : 'fernspeak ' + versions.version + '\n' +
        'node      ' + versions.node + ' (OpenSSL ' + versions.openssl + ', SQLite ' + versions.sqlite + ')\n' +
        'protocol  ' + versions.protocol.join(', ') + '\n'
  );
}

function start() {
  var main = path.join(__dirname, '..', 'dist', 'main.js');
  if (!fs.existsSync(main)) {
    process.stderr.write(
      'error: the command is not built yet: ' + main + ' is missing.\n' +
      'hint: in a clone, run `npm start`, or `npm run build` once everything is installed.\n'
    );
    process.exitCode = 1;
    return;
  }
  var cache = compileCacheFolder();
  if (cache) require('module').enableCompileCache(cache);
  import(require('url').pathToFileURL(main).href);
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
  } catch (error) {
    return null; // a read-only home: it starts without
  }
}

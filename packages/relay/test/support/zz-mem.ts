import { startRelay } from '@fernspeak/relay';
const relay = await startRelay({ data: '/tmp/rb/memdata', port: 8201 });
console.log(JSON.stringify({ url: relay.url, pid: process.pid }));
setInterval(() => { const m = process.memoryUsage(); console.error('rss', (m.rss/1e6)|0, 'heapTotal', (m.heapTotal/1e6)|0, 'used', (m.heapUsed/1e6)|0, 'ext', (m.external/1e6)|0, 'ab', (m.arrayBuffers/1e6)|0); }, 2000);

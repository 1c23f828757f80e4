// Runs, as a child of fluffy.js, the program that its first argument names. When that starter is gone the program is asked to
// end, also if the starter was killed and could pass on no signal: the channel between them is closed then.
import { pathToFileURL } from 'node:url';

process.on('disconnect', end);
process.channel?.unref();
if (!process.connected) end();

process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1]).href);

function end() {
  process.kill(process.pid, 'SIGTERM');
}

import { exitCodeOf } from './exit-codes.ts';
import { reportError } from './io.ts';
import { globalsOf, runCommand } from './program.ts';
import { BrokenPipe, keepStreamErrorsQuiet } from './terminal/output.ts';

// What the launcher loads: runs the command line of this process and sets its exit code. It does not end the process:
// what is still being written gets out first.
const args = process.argv.slice(2);
keepStreamErrorsQuiet();
try {
  await runCommand(args);
} catch (error) {
  // whoever read our output has enough: not a failure
  if (!(error instanceof BrokenPipe)) {
    process.exitCode = exitCodeOf(error);
    reportError(error, globalsOf(args));
  }
}

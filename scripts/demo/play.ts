import { openStage, type Stage } from './stage.ts';
import { STEPS } from './steps.ts';

/** What somebody else may do to the stage while the demo plays: called before each step with its number, from 1. */
export type Interference = (step: number, stage: Stage) => void | Promise<void>;

/**
 * Plays the demo on stdout. Gives the process's exit code: 0 when every step that could run went as it should,
 * 1 when one did not.
 */
export async function play(interfere: Interference = () => {}): Promise<number> {
  const started = performance.now();
  const stage = await openStage();
  let good = 0;
  let bad = 0;
  try {
    console.log(`A real relay on ${stage.url}, thrown away afterwards.\n`);
    for (const [index, step] of STEPS.entries()) {
      await interfere(index + 1, stage);
      console.log(`${index + 1} ${step.title}`);
      const outcome = await step.play(stage, (line) => console.log(`  ${line}`));
      if (outcome === true) good++;
      if (outcome === false) {
        bad++;
        console.log('  FAILED: this is not as it should be');
      }
    }
  } finally {
    await stage.end();
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`\n${good} of ${STEPS.length} as it should be, in ${seconds} s. Try it yourself: npm start`);
  return bad === 0 ? 0 : 1;
}

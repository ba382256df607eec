import { ConfigMistakes, ehrOf, readConfig } from './config.ts';
import { systemClock } from './domain/clock.ts';
import { openLog } from './log.ts';
import { serve } from './serve.ts';
import { explainFailure } from './wire.ts';

/** An EHR may take longer to answer, and an orchestrator kills after 30 s. What is cut off is found by the next start, as after a crash. */
const STOP_WITHIN_MS = 10_000;

try {
  const config = readConfig();
  // Before anything is made: a service without an EHR would leave an empty database behind.
  ehrOf(config);
  const log = openLog(config.environment.LOOPKEEPER_LOG, systemClock);
  const running = await serve(config, { clock: systemClock, log });
  log.info('Loopkeeper is up.', { url: running.url, profile: running.service.connection.profile.id });
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      log.info('Stopping.', { signal });
      AbortSignal.timeout(STOP_WITHIN_MS).addEventListener('abort', () => {
        log.warn('Not all work ended in time; the next start goes on with it.');
        process.exit(0);
      });
      void running.stop().then(() => process.exit(0));
    });
} catch (error) {
  console.error(explainFailure(error));
  process.exit(error instanceof ConfigMistakes ? 2 : 1);
}

import type { TwilioFault } from '../channels/twilio-stand-in.ts';
import { type Desk, openDesk } from '../chaos/desk.ts';
import type { Step } from '../chaos/history.ts';
import type { Random } from '../sandbox/practice/random.ts';
import type { ServiceProcess } from './service.ts';
import type { World } from './world.ts';

const FAMILIES = 8;

const AT_THE_DESK: Step['event'][] = [
  ...(['book', 'book', 'book', 'move', 'move', 'cancel', 'cancel'] as const),
  ...(['restore', 'replace', 'make video', 'change place', 'note'] as const),
];
const ON_THE_PHONE: Step['event'][] = ['C', 'C', 'C', 'R', 'STOP', 'START'];
/** The provider mostly works; else it takes a text and cannot say so, or is not there at all. */
const MOODS: TwilioFault[] = [
  ...(['none', 'none', 'none', 'none', 'hang-after-taking', 'hang-after-taking'] as const),
  ...(['hang', 'close-after-taking', 'error-500-after-taking', 'error-500'] as const),
];

interface Said {
  from: string;
  body: string;
  sid: string;
}

/** Everything that happens around the service. Nothing here waits for it: it may be dead the next moment. */
export interface Acts {
  /** A burst of what a practice does in a quarter of an hour, all at once. */
  burst(service: ServiceProcess): void;
  /** What was said and never acknowledged is said again, and reports are sent of every text. */
  catchUp(): Promise<void>;
  desks: Desk[];
}

export async function openActs(world: World, random: Random): Promise<Acts> {
  const { ehr, twilio, clock } = world;
  const desks = Array.from({ length: FAMILIES }, (_, family) => openDesk(ehr, family));
  for (const desk of desks) await desk.arrive();
  const unheard = new Map<string, Said>();
  const reported = new Set<string>();
  let said = 0;

  const stepOf = (events: Step['event'][]): Step => ({
    after: 0,
    event: random.pick(events),
    who: Math.floor(random.next() * 2),
    visit: Math.floor(random.next() * 3),
    hours: 1 + Math.floor(random.next() * 110),
    heard: 'promptly',
    dies: 0,
  });
  const someDesk = () => random.pick(desks);

  /** As the provider does: the same text again, until it is told that it was kept. */
  async function say(text: Said): Promise<void> {
    unheard.set(text.sid, text);
    const answer = await twilio.text(text.from, text.body, { MessageSid: text.sid }).catch(() => undefined);
    if (answer?.ok) unheard.delete(text.sid);
  }

  async function report(sid: string): Promise<void> {
    const isHeard = await twilio.settle(sid).then(
      () => true,
      () => false,
    );
    if (isHeard) reported.add(sid);
  }

  const unreported = () => twilio.texts.filter(({ sid }) => !reported.has(sid)).map(({ sid }) => sid);

  return {
    desks,
    burst(service) {
      twilio.fault = random.pick(MOODS);
      // On this very machine the EHR answers before anybody can die; a real one takes its time.
      ehr.faults.slowMs = random.pick([0, 10, 30, 60]);
      clock.advance(`PT${16 + Math.floor(random.next() * 4)}M`);
      ehr.tick();
      if (random.next() < 0.5) void service.told('cut-off');
      void service.told('sweep');
      for (let n = 1 + Math.floor(random.next() * 3); n > 0; n -= 1)
        void someDesk().does(stepOf(AT_THE_DESK), clock.now());
      for (const text of unheard.values()) if (random.next() < 0.5) void say(text);
      if (random.next() < 0.6) {
        const words = someDesk().says(stepOf(ON_THE_PHONE));
        said += 1;
        if (words) void say({ ...words, sid: `SM${said.toString(16).padStart(32, 'f')}` });
      }
      for (const sid of unreported()) if (random.next() < 0.7) void report(sid);
    },
    async catchUp() {
      for (const text of unheard.values()) await say(text);
      for (const sid of unreported()) await report(sid);
    },
  };
}

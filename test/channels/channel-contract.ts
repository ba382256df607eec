import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Channel, OutboundMessage, SendResult } from '../../sync/channels/channel.ts';
import type { Instant } from '../../sync/domain/clock.ts';
import { isReason } from '../../sync/domain/reasons.ts';

export interface Taken {
  to: string;
  body: string;
  subject?: string | undefined;
}

/** A channel with its provider, and the ways in which the provider can behave. */
export interface ChannelHarness {
  channel: Channel;
  /** An address the provider delivers to, a different one for each number. */
  address(index: number): string;
  /** An address the provider refuses. */
  refusedAddress: string;
  /** What the provider holds, oldest first. */
  taken(): Promise<Taken[]>;
  /** A moment before the first message. */
  since: Instant;
  /** Words that may show up nowhere: tokens, passwords. */
  secrets: string[];
  behave: {
    well(): void;
    busy(): void;
    /** Takes the message, and the answer never comes. */
    takesAndBreaks(): void;
    /** Breaks before it has taken anything. */
    breaks(): void;
  };
  /** The same channel with nobody at the other end; undefined where there is no other end. */
  unplugged?: Channel;
  stop(): Promise<void>;
}

const WORDS = 'CANARY-WORDS Hi Ana, your visit is on Tuesday.';

/** Everything a text may hold that some layer on the way could take for its own syntax. */
const HOSTILE = [
  ['quotes, ampersands and markup', `"a" & 'b' <script>alert(1)</script> %41 + = ; {{first}} $\{x}`],
  ['lines that mean something to SMTP', 'one\n.\nQUIT\nFrom here\n..two'],
  ['accents, emoji and writing from the right', 'Cita mañana a las 9 — traiga su título 👩🏽‍⚕️ موعدك غدا'],
  ['a long line', `${'word '.repeat(200)}end`],
  ['headers', 'Subject: x\nBcc: somebody@elsewhere.example\n\nbody'],
] as const;

/** One suite for every channel. What it promises is what the loop relies on (`sync/channels/channel.ts`). */
export function channelContract(name: string, makeHarness: () => Promise<ChannelHarness>): void {
  describe(`channel contract: ${name}`, () => {
    let harness: ChannelHarness;
    let count = 0;

    beforeAll(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness.behave.well());
    afterAll(() => harness.stop());

    /** Each message has an address of its own, so that `taken` can tell them apart. */
    const message = (more: Partial<OutboundMessage> = {}): OutboundMessage => {
      count += 1;
      const subject = harness.channel.medium === 'email' ? { subject: 'Your visit' } : {};
      return { reference: `Patient/${count}|reminder|x`, to: harness.address(count), body: WORDS, ...subject, ...more };
    };
    const takenBy = async (to: string) => (await harness.taken()).filter(taken => taken.to === to);

    it('hands over a message once and names it', async () => {
      const sent = message();
      const result = await harness.channel.send(sent);
      expect(result).toEqual({ outcome: 'accepted', providerId: expect.stringMatching(/\S/) });
      expect((await takenBy(sent.to)).map(taken => taken.body)).toEqual([sent.body]);
    });

    it('names two messages differently, also when they leave together', async () => {
      const results = await Promise.all([harness.channel.send(message()), harness.channel.send(message())]);
      const ids = results.map(result => (result.outcome === 'accepted' ? result.providerId : result.outcome));
      expect(new Set(ids).size).toBe(2);
    });

    it.each(HOSTILE)('carries %s unchanged', async (_what, body) => {
      const sent = message({ body });
      expect(await harness.channel.send(sent)).toMatchObject({ outcome: 'accepted' });
      expect((await takenBy(sent.to)).map(taken => taken.body)).toEqual([body]);
    });

    it('says for good that an address is refused', async () => {
      const result = await harness.channel.send(message({ to: harness.refusedAddress }));
      expect(result).toMatchObject({ outcome: 'refused', failure: { retry: 'never', fault: 'recipient' } });
      expect(await takenBy(harness.refusedAddress)).toEqual([]);
    });

    it('refuses an empty address instead of throwing', async () => {
      const result = await harness.channel.send(message({ to: '' }));
      expect(result).toMatchObject({ outcome: 'refused', failure: { retry: 'never' } });
    });

    it('comes back later when the provider is busy, which has taken nothing', async () => {
      harness.behave.busy();
      const sent = message();
      expect(await harness.channel.send(sent)).toMatchObject({ outcome: 'refused', failure: { retry: 'later' } });
      expect(await takenBy(sent.to)).toEqual([]);
    });

    it('does not know when the answer never comes, and never finds that message absent', async () => {
      harness.behave.takesAndBreaks();
      const sent = message();
      expect(await harness.channel.send(sent)).toEqual({ outcome: 'unknown' });
      expect(await takenBy(sent.to)).toHaveLength(1);
      harness.behave.well();
      expect(['found', 'unknown']).toContain((await harness.channel.find(sent, harness.since)).outcome);
    });

    it('never claims success for a message that was not taken', async () => {
      harness.behave.breaks();
      const sent = message();
      const result = await harness.channel.send(sent);
      expect(['unknown', 'refused']).toContain(result.outcome);
      if (result.outcome === 'refused') expect(result.failure.retry).toBe('later');
      expect(await takenBy(sent.to)).toEqual([]);
      harness.behave.well();
      expect(['absent', 'unknown']).toContain((await harness.channel.find(sent, harness.since)).outcome);
    });

    it('does not find what was never handed over', async () => {
      expect(['absent', 'unknown']).toContain((await harness.channel.find(message(), harness.since)).outcome);
    });

    it('is well when the provider is well', async () => {
      expect(await harness.channel.check()).toBeUndefined();
    });

    it('comes back later when nobody is there, and says so in a sentence', async () => {
      if (!harness.unplugged) return expect(harness.channel.name).toMatch(/^phone-/);
      const result = await harness.unplugged.send(message());
      expect(result).toMatchObject({ outcome: 'refused', failure: { retry: 'later', reason: 'channel-down' } });
      expect(await harness.unplugged.check()).toMatch(/^[A-Z].*\.$/);
      expect(await harness.unplugged.find(message(), harness.since)).toEqual({ outcome: 'unknown' });
    });

    it('names a known reason, a sentence for staff, and no number, word or secret', async () => {
      const results: SendResult[] = [];
      const sent = [message(), message({ to: harness.refusedAddress }), message({ to: 'CANARY-NUMBER +1555' })];
      for (const each of sent) results.push(await harness.channel.send(each));
      harness.behave.busy();
      results.push(await harness.channel.send(message()));
      harness.behave.breaks();
      results.push(await harness.channel.send(message()));
      for (const result of results) {
        if (result.outcome !== 'refused') continue;
        expect(isReason(result.failure.reason)).toBe(true);
        expect(result.failure.staffText).toMatch(/^[A-Z].*\.$/);
      }
      const text = JSON.stringify(
        results.map(result => (result.outcome === 'refused' ? result.failure : result.outcome)),
      );
      for (const private_ of ['CANARY', harness.refusedAddress, ...sent.map(each => each.to), ...harness.secrets]) {
        expect(text).not.toContain(private_);
      }
    });
  });
}

import { expect } from 'vitest';
import type { Expected, Noticed, OpenWorld, Story } from './story.ts';

/** Plays a story and compares, line by line, what was noticed with what the story says. */
export async function play({ people, before, lines }: Story, open: OpenWorld): Promise<void> {
  const [first] = lines;
  if (!first) return;
  const world = await open(people, before, first.at);
  for (const { at, do: events, expect: expected, why } of lines) {
    await world.advance(at);
    for (const event of events) await world.happens(event);
    const noticed = await world.noticed();
    expect(noticed.map(inShort), `at ${at}`).toEqual(expected.map(inShort));
    for (const [i, one] of expected.entries()) compareWords(one, noticed[i]);
    for (const { rule, visit, is } of why)
      expect(await world.why(rule, visit), `${rule} of ${visit} at ${at}`).toBe(is);
  }
}

const inShort = (one: Expected | Noticed): string =>
  'text' in one
    ? `text ${one.text} to ${one.to}`
    : 'task' in one
      ? `task ${one.task} for ${one.for}`
      : `closed ${one.closed} for ${one.for}`;

function compareWords(expected: Expected, noticed: Noticed | undefined): void {
  if (!('text' in expected) || !noticed || !('text' in noticed)) return;
  for (const words of expected.says ?? []) expect(noticed.body).toContain(words);
  for (const words of expected.never ?? []) expect(noticed.body).not.toContain(words);
}

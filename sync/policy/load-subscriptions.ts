import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SubscriptionWishes, WIDEST } from '../domain/policy/subscription-wishes.ts';
import { type Loaded, type Mistake, readFile } from './load-yaml.ts';

const NAME = 'subscriptions.yaml';

/** What the EHR is asked to notify us of. Without the file that is everything: a folder from before has none. */
export function loadSubscriptions(mappings: string): Loaded<SubscriptionWishes> {
  const file = join(mappings, NAME);
  const mistyped = ['subscription.yaml', 'subscriptions.yml'].map(name => join(mappings, name)).find(existsSync);
  if (mistyped) return { mistakes: [misnamed(mistyped)] };
  return existsSync(file) ? readFile(SubscriptionWishes, file) : { value: WIDEST };
}

const misnamed = (file: string): Mistake => ({
  file,
  line: 1,
  column: 1,
  path: '',
  sentence: `This file would be ignored; let its name be ${NAME}.`,
});

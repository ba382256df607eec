import type { Engine } from './engine.ts';
import type { Figure } from './figure.ts';

export interface Run {
  engine: Engine;
  /** Small sizes and few rounds: shows that a bench works, and little else. */
  quick: boolean;
  /** Progress, for whoever waits. */
  say(sentence: string): void;
}

export type Bench = (run: Run) => Promise<Figure[]>;

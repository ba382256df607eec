import { EXIT } from './exit-codes.ts';

/** Ends a command with a sentence and a code; never a stack. */
export class Failure extends Error {
  readonly code: number;
  constructor(sentence: string, code: number = EXIT.failed) {
    super(sentence);
    this.name = 'Failure';
    this.code = code;
  }
}

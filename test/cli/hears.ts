import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Out } from '../../sync/cli/print.ts';

/** What a command says, as one text each for the answer and for its asides. */
export function listener(): Out & { text: () => string; asides: () => string } {
  const lines: string[] = [];
  const aside: string[] = [];
  return {
    line(text = '') {
      lines.push(text);
    },
    aside(text) {
      aside.push(text);
    },
    text: () => lines.join('\n'),
    asides: () => aside.join('\n'),
  };
}

/** A folder of this test file's own; returns the path of what is written there. */
export function scratch(): { folder: string; file: (name: string, content: unknown) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'loopkeeper-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    file(name, content) {
      const path = join(folder, name);
      const isText = typeof content === 'string' || content instanceof Uint8Array;
      writeFileSync(path, isText ? content : JSON.stringify(content));
      return path;
    },
  };
}

export const PATIENT = {
  resourceType: 'Patient',
  id: 'ana',
  name: [{ given: ['Ana'], family: 'Zzcanary' }],
  birthDate: '1980-05-05',
  telecom: [{ system: 'phone', use: 'mobile', value: '+1 312 555 0101' }],
};
export const VISIT = {
  resourceType: 'Appointment',
  id: 'visit',
  status: 'booked',
  start: '2026-12-02T10:30:00-06:00',
  end: '2026-12-02T11:00:00-06:00',
  participant: [{ actor: { reference: 'Patient/ana' }, status: 'needs-action' }],
};
/** A Saturday morning eleven days before. */
export const NOW = '2026-11-21T09:00:00-06:00';

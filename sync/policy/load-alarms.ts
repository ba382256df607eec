import { join } from 'node:path';
import { AlarmFile } from '../domain/alarm/alarm-file.ts';
import { type Loaded, readFile } from './load-yaml.ts';

/** Whom alarms call. */
export const loadAlarms = (mappings: string): Loaded<AlarmFile> => readFile(AlarmFile, join(mappings, 'alarms.yaml'));

import { killsOn } from './days.ts';

killsOn('PGlite on disk');

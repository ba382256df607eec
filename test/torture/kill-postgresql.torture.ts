import { killsOn } from './days.ts';

killsOn('PostgreSQL');

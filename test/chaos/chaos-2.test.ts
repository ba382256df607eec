import { chaosHalf } from './chaos.ts';

chaosHalf(1);

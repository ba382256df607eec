import { it } from 'vitest';
import { play } from './play.ts';
import { openPureWorld } from './pure-world.ts';
import { stories } from './story.ts';

it.each(stories())('%s', (_, story) => play(story, openPureWorld));

import type { WithId } from '@medplum/core';
import type { Task } from '@medplum/fhirtypes';
import { type Response, Router } from 'express';
import { asking, Refused, save } from './chart.ts';
import { orAgain, param, queryOf, seeOther, typedOf, versionOf } from './desk-request.ts';
import { readDirectory } from './directory.ts';
import { type Desk, page } from './page.ts';
import { isOpen, readTasks } from './task-view.ts';
import { tasksPage } from './tasks-page.ts';

/** The EHR's own work list: what the service wrote into it, and what the desk does about it. */
export function taskRoutes(desk: Desk): Router {
  const { store } = desk.ehr;
  const router = Router();

  async function show(res: Response, notes: { problem?: string; done?: string | undefined }): Promise<void> {
    const directory = await readDirectory(store);
    const body = tasksPage(await readTasks(store, directory, desk.demo.clock.now()));
    res.send(await page(desk, { title: 'Tasks', section: 'tasks', here: '/desk/tasks', body, ...notes }));
  }

  router.get('/tasks', (req, res) => show(res, { done: queryOf(req, 'done') }));

  router.post('/tasks/:id', async (req, res) => {
    const typed = typedOf(req);
    await orAgain(
      async () => {
        const task = await asking('task', () => store.read('Task', param(req, 'id')));
        if (!isOpen(task)) throw new Refused(409, 'This task has ended meanwhile.');
        if (typed.act !== 'take' && typed.act !== 'done') throw new Refused(422, 'Choose what to do with the task.');
        await save(store, typed.act === 'take' ? taken(task) : ended(task), versionOf(typed));
        seeOther(res, '/desk/tasks', typed.act === 'take' ? 'task-taken' : 'task-done');
      },
      ({ status, message }) => show(res.status(status), { problem: message }),
    );
  });

  return router;
}

/** Nobody signs in at this desk, so it stands for whoever sits there. */
const taken = (task: WithId<Task>): WithId<Task> => ({ ...task, status: 'accepted', owner: { display: 'Front desk' } });
const ended = (task: WithId<Task>): WithId<Task> => ({ ...task, status: 'completed' });

import { type Command, Option } from 'commander';
import { terminal } from './print.ts';

const PLAN_HELP = `
Without --from it plans what the service knows. Before the service has read the EHR, the EHR is read for this run only.
Nothing is ever written or sent. What is due already is shown at the hour at which it may still leave.
Exit code 3: some of what was given could not be used; 1: none of it could be read.
--json prints one object: now, patients, messages[], tasks[], notPlanned[], findings[], setAside[]; the README says what
each part holds. Addresses are masked, and people are named by --words only.

Examples:
  loopkeeper plan --from export/ --now 2026-11-21T09:00:00-06:00 --words
  loopkeeper plan --from patient.json visit.json --as-new --json`;

/**
 * Everything that can be typed. What a command needs is loaded when it runs: a dry run of files starts no database, and
 * should not wait for the libraries of one.
 */
export function addCommands(program: Command): void {
  program
    .command('doctor')
    .description('Tries everything this service depends on, and says what is wrong and what to do')
    .option('--list', 'name the records that the data audit finds')
    .action(async (options: { list?: boolean }) => (await import('./doctor.ts')).runDoctor(options, terminal));
  program
    .command('plan')
    .description('Dry run: what would be sent to whom and when, what would not, and why')
    .option('--from <paths...>', 'FHIR R4 JSON: files or folders; resources, Bundles or NDJSON')
    .option('--now <instant>', 'plan as of this moment, with a zone, e.g. 2026-11-21T09:00:00-06:00')
    .option('--as-new', 'with --from: as if every visit had been booked this moment, not found at a first import')
    .option('--words', 'show the words of each message')
    .option('--list', 'show every message and every record, however many')
    .option('--json', 'for machines')
    .addHelpText('after', PLAN_HELP)
    .action(async options => (await import('./plan.ts')).runPlan(options, terminal));
  program
    .command('explain <appointment>')
    .description('Why was something sent about a visit, or not: explain Appointment/123')
    .option('--json', 'for machines')
    .action(async (visit: string, options: { json?: boolean }) =>
      (await import('./explain.ts')).runExplain(visit, options, terminal),
    );
  addRules(program.command('rules').description("The practice's rules and texts"));
  addKeys(program.command('keys').description('Our keys to the EHR, where EHR_AUTH is backend-services'));
  addSubscriptions(program.command('subscriptions').description("The EHR's Subscriptions to us"));
  addOperations(program);
}

function addRules(rules: Command): void {
  rules
    .command('check')
    .description('Every mistake in mappings/, with file and line, and every text whose review is due')
    .option('--now <instant>', 'judge reviews as of this moment')
    .action(async (options: { now?: string }) => (await import('./rules-check.ts')).runCheck(options, terminal));
  rules
    .command('diff')
    .description('What the files would change against the version in force')
    .option('--list', 'name the patients')
    .action(async (options: { list?: boolean }) => (await import('./rules.ts')).runDiff(options, terminal));
  rules
    .command('activate')
    .description('Put the files in force, after the diff was looked at')
    .requiredOption('--yes', 'yes, I have looked at `rules diff`')
    .action(async () => (await import('./rules.ts')).runActivate(terminal));
}

const NEW_HELP = `
Of a key that others may have seen: move the file away, and make a new one. The EHR believes it as soon as it has fetched
our public keys anew, or was given them.`;

function addKeys(keys: Command): void {
  keys
    .command('new')
    .description('Make EHR_PRIVATE_KEY_FILE with a first key, and say what the EHR has to know of it')
    .addOption(new Option('--alg <name>', 'how it signs').choices(['ES384', 'RS384']).default('ES384'))
    .addHelpText('after', NEW_HELP)
    .action(async options => (await import('./keys.ts')).runNew(options, terminal));
  keys
    .command('rotate')
    .description('Add a key that is published at once and signs a day from now; the running service sees it by itself')
    .action(async () => (await import('./keys.ts')).runRotate(terminal));
  keys
    .command('list')
    .description('Which key signs, which are published; nothing private')
    .action(async () => (await import('./keys.ts')).runList(terminal));
}

const STATUS_HELP = `
Below each that is not as wanted: - what is there, + what is wanted. Secrets are never shown. What is wanted stands in
mappings/subscriptions.yaml.`;

const APPLY_HELP = `
Making one and putting one right go at once: they take nothing from anybody, and the service does the same at its start.
Removing takes something away, so it is shown first. Only those that bear our tag and lead to our address are touched.`;

const ROTATE_HELP = `
First: the file that EHR_HOOK_SECRET_FILE names gets a new secret before the one of now, the running service believes both,
and the EHR is told the new one. Again, later: once notifications come with the new one alone, the former one goes.
Where the secret is no file, it says what to set where.`;

function addSubscriptions(subscriptions: Command): void {
  subscriptions
    .command('status')
    .description('What is there, against what should be')
    .addHelpText('after', STATUS_HELP)
    .action(async () => (await import('./subscriptions.ts')).runStatus(terminal));
  subscriptions
    .command('apply')
    .description('Make it so; safe to repeat. Where something would be removed, it is shown only, without --yes')
    .option('--dry-run', 'show only, whatever it is')
    .option('--yes', 'also remove')
    .addHelpText('after', APPLY_HELP)
    .action(async (options: { yes?: boolean; dryRun?: boolean }) =>
      (await import('./subscriptions.ts')).runApply(options, terminal),
    );
  subscriptions
    .command('repair')
    .description('Replace those that do not work; shows them only, without --yes')
    .option('--all', 'also those that the EHR calls active')
    .option('--yes', 'really replace them')
    .action(async (options: { yes?: boolean; all?: boolean }) =>
      (await import('./subscriptions.ts')).runRepair(options, terminal),
    );
  subscriptions
    .command('rotate-secret')
    .description('Put another secret of the notifications in the place of this one, in two steps, without a gap')
    .option('--signing', 'EHR_SIGNING_SECRET instead of EHR_HOOK_SECRET')
    .option('--yes', 'in the second step: take the former one away, whatever notifications still come with')
    .addHelpText('after', ROTATE_HELP)
    .action(async (options: { signing?: boolean; yes?: boolean }) =>
      (await import('./rotate-secret.ts')).runRotateSecret(options, terminal),
    );
  subscriptions
    .command('remove')
    .description('Remove ours; shows them only, without --yes')
    .option('--at <address>', 'those that lead to this former public address of ours, after a move')
    .option('--yes', 'really remove them')
    .action(async (options: { yes?: boolean; at?: string }) =>
      (await import('./subscriptions.ts')).runRemove(options, terminal),
    );
}

/** What an operator does by hand, and should seldom have to. */
function addOperations(program: Command): void {
  const operation = async () => import('./operate.ts');
  program
    .command('migrate')
    .description('Bring the schema up to date; starting the service does so too')
    .action(async () => (await operation()).runMigrate(terminal));
  program
    .command('sweep')
    .description('One poll of the EHR, then everything there is to do')
    .action(async () => (await operation()).runSweep(terminal));
  program
    .command('rebuild')
    .description('Read the whole EHR anew, after it was restored from a backup; nobody is told anything by it')
    .action(async () => (await operation()).runRebuild(terminal));
  program
    .command('pause')
    .description('Stop all sending at once')
    .action(async () => (await operation()).runPause(true, terminal));
  program
    .command('resume')
    .description('Go on; what has lost its sense meanwhile is dropped')
    .action(async () => (await operation()).runPause(false, terminal));
  program
    .command('status')
    .description('Messages, Tasks, backlog, brakes, the journal')
    .action(async () => (await import('./status.ts')).runStatus(terminal));
  program
    .command('brakes')
    .description('What the brake has stopped, with its dry run')
    .action(async () => (await import('./status.ts')).runBrakes(terminal));
  program
    .command('release <brake>')
    .description('Let it happen, after the dry run was looked at; `all` for every one')
    .action(async (brake: string) => (await operation()).runRelease(brake, terminal));
}

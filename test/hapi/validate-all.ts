import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNot } from './build.ts';
import { filesToValidate } from './files-to-validate.ts';
import { findingsIn, unexplained } from './validate.ts';

/** `npm run validate [-- file …]`: without files, all that we ship or write. Ends with 1 when an error is found. */
const reason = whyNot();
if (reason) {
  console.error(reason);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'loopkeeper-validate-'));
try {
  const given = process.argv.slice(2);
  const files = given.length > 0 ? given : filesToValidate(folder);
  const all = findingsIn(files);
  const found = unexplained(all);
  for (const [file, inIt] of Map.groupBy(found, each => each.file)) {
    console.log(file);
    for (const { severity, place, message } of inIt) console.log(`  ${severity}  ${place}: ${message}`);
  }
  const wrong = found.filter(each => each.severity !== 'warning').length;
  const known = all.filter(each => each.severity !== 'information').length - found.length;
  console.log(
    `${files.length} files: ${wrong} errors, ${found.length - wrong} warnings, and ${known} findings that are known and explained.`,
  );
  process.exitCode = wrong > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}

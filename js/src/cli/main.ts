#!/usr/bin/env node
/** The command line: `feature-columns <command>`. Exit code 0 done, 1 the data failed, 2 wrong usage. */
import { isMainThread, workerData } from 'node:worker_threads';
import { readFileSync } from 'node:fs';
import { inspect } from './inspect.js';
import { serveWorker } from './layer_runner.js';
import { ClosedPipe } from './output_error.js';
import { messageOf } from './plain_error.js';
import type { Job } from './runner.js';
import { endWithStandardOutput } from './standard_output.js';
import { runStream } from './stream_command.js';
import { helpOf, isCommand, UsageError, type CommandName } from './usage.js';

const packageVersion = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

const run: Record<CommandName, (args: readonly string[]) => Promise<void>> = {
  transform: (args) => runStream('transform', args, new URL(import.meta.url)),
  score: (args) => runStream('score', args, new URL(import.meta.url)),
  inspect,
  convert: async (args) => (await import('./convert.js')).convert(args),
  explain: async (args) => (await import('./explain.js')).explain(args),
  coverage: async (args) => (await import('./coverage.js')).coverage(args),
  verify: async (args) => (await import('./verify.js')).verify(args),
};

async function main(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  if (command === undefined) throw new UsageError('a command is missing');
  if (command === '--help' || command === '-h' || command === 'help') {
    const [topic] = rest;
    return void process.stdout.write(helpOf(topic));
  }
  if (command === '--version') return void process.stdout.write(`${packageVersion()}\n`);
  if (!isCommand(command)) throw new UsageError(`there is no command "${command}"`);
  await run[command](rest);
}

/** The exit code of a failure, after telling it on standard error. */
function report(error: unknown, command: string | undefined): number {
  if (error instanceof ClosedPipe) return 0;
  if (error instanceof UsageError) {
    process.stderr.write(`feature-columns: ${error.message}\n\n${helpOf(command)}`);
    return 2;
  }
  process.stderr.write(`feature-columns: ${messageOf(error)}\n`);
  return 1;
}

if (!isMainThread && workerData !== null && typeof workerData === 'object' && 'featureColumnsWorker' in workerData) {
  await serveWorker((workerData as { featureColumnsWorker: Job }).featureColumnsWorker);
} else {
  endWithStandardOutput();
  const args = process.argv.slice(2);
  try {
    await main(args);
  } catch (error) {
    process.exitCode = report(error, args[0]);
  }
}

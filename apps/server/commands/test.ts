import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePrograms, programs } from '../programs.ts';
import { runChecks } from './check.ts';
import { parseOptions, root, step } from './command.ts';
import { buildPortal, isPortalBuilt } from './portal-build.ts';

const usage = `./parvis test [FILTER …]

Every check, then every test: on a real PostgreSQL, real brokers and a real browser.
With FILTER only the test files whose path holds it, and no checks.`;

const limitMinutes = 25;

interface VitestReport {
	numPassedTests: number;
	numFailedTests: number;
	numFailedTestSuites: number;
	numPendingTests: number;
	testResults: { status: string; assertionResults: unknown[] }[];
}

/** Run Vitest; its lines go to the screen, its figures to a file. */
async function runVitest(filters: string[]): Promise<{ passed: number; failed: number; skipped: number }> {
	const directory = await mkdtemp(join(tmpdir(), 'parvis-report-'));
	const report = join(directory, 'report.json');
	const child = spawn(
		process.execPath,
		[
			'--disable-warning=ExperimentalWarning',
			`${root}node_modules/vitest/vitest.mjs`,
			'run',
			'--reporter=default',
			'--reporter=json',
			`--outputFile.json=${report}`,
			...filters,
		],
		{ cwd: root, stdio: ['ignore', 'inherit', 'inherit'], detached: true },
	);
	const stopChild = () => {
		if (child.pid) process.kill(-child.pid, 'SIGKILL');
	};
	for (const signal of ['SIGINT', 'SIGTERM'] as const)
		process.once(signal, () => {
			stopChild();
			process.exit(130);
		});
	const limit = setTimeout(() => {
		console.log(`the tests did not end within ${limitMinutes} minutes`);
		stopChild();
	}, limitMinutes * 60_000);
	const exitCode = await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
	clearTimeout(limit);
	try {
		const figures = JSON.parse(await readFile(report, 'utf8')) as VitestReport;
		// A file that could not be loaded has no test that failed, yet it failed.
		const brokenFiles = figures.testResults.filter(
			(file) => file.status === 'failed' && !file.assertionResults.length,
		).length;
		const failed = figures.numFailedTests + brokenFiles;
		return {
			passed: figures.numPassedTests,
			failed: failed || (exitCode === 0 ? 0 : 1),
			skipped: figures.numPendingTests,
		};
	} catch {
		return { passed: 0, failed: 1, skipped: 0 };
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
}

export async function run(args: string[]): Promise<number> {
	const { values, positionals } = parseOptions(args, usage, {
		help: { type: 'boolean', short: 'h', default: false },
	});
	if (values.help) {
		console.log(usage);
		return 0;
	}
	await ensurePrograms(Object.values(programs));
	if (!(await isPortalBuilt())) await step('Building the portal', buildPortal);
	const checked = positionals.length ? { passed: 0, failed: 0 } : await runChecks(false);
	const tested = await runVitest(positionals);
	const passed = checked.passed + tested.passed;
	const failed = checked.failed + tested.failed;
	if (tested.skipped) console.log(`${tested.skipped} skipped: see the reasons above`);
	console.log(`${passed} passed, ${failed} failed`);
	return failed || !passed ? 1 : 0;
}

import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readConfiguration, system } from '@parvis/platform';
import autocannon from 'autocannon';
import Fastify from 'fastify';
import { root, step } from '../commands/command.ts';
import { buildPortal, isPortalBuilt } from '../commands/portal-build.ts';
import { type Host, startHost } from '../host.ts';

const connections = 20;
const seconds = 8;

/** `./parvis bench portal`: requests a second and p99 of the pages that are read most, beside a bare route of the same server. */
export async function run(): Promise<void> {
	if (!(await isPortalBuilt())) await step('Building the portal', buildPortal);
	const directory = await mkdtemp(join(tmpdir(), 'parvis-bench-'));
	await chmod(directory, 0o755);
	const settings = {
		PARVIS_DATA: directory,
		PARVIS_PORT: '0',
		MQTT_PORT: '0',
		PARVIS_DEMO: 'true',
		PARVIS_LOG_LEVEL: 'error',
	};
	const host = await startHost(readConfiguration(settings));
	try {
		const { identity, sensing } = host.rooms;
		const key = await identity.createSystemApiKey([
			'places:write',
			'settings:write',
			'devices:write',
			'observations:write',
		]);
		await step('Filling a small town', () =>
			promisify(execFile)(
				process.execPath,
				['--disable-warning=ExperimentalWarning', `${root}apps/demo-town/main.ts`, 'fill', 'small'],
				{
					env: { PATH: process.env.PATH, PARVIS_URL: host.url ?? '', PARVIS_API_KEY: key },
				},
			),
		);
		await sensing.flush();
		const call = await step('Filling a call: 2,000 ideas, 20,000 comments', () => fillCall(host));
		// Nothing to do but to answer: what Fastify and this machine can do at most.
		const bare = Fastify();
		bare.get('/bare', async (_request, reply) => reply.type('text/html').send('<!doctype html>'));
		const bareUrl = await bare.listen({ host: '127.0.0.1', port: 0 });

		console.log(
			`${connections} connections, ${seconds} s each, server, database and generator on this machine\n`,
		);
		console.log('page                            requests/s   p50 ms   p99 ms       bytes');
		const ideas = `${host.url}/participer/${call}/idees`;
		const pages: [string, string, number?][] = [
			['bare Fastify route', `${bareUrl}/bare`],
			['home', `${host.url}/`],
			['place', `${host.url}/lieux/piscine-des-tilleuls`],
			['places', `${host.url}/lieux`],
			['search', `${host.url}/recherche?q=piscine`],
			['ideas', ideas],
			['ideas, most supported, p. 40', `${ideas}?tri=supported&page=40`],
			['ideas, by words', `${ideas}?mots=arbres`],
			['ideas, one at a time', ideas, 1],
			['bare route, one at a time', `${bareUrl}/bare`, 1],
			['one idea, 10 comments', `${ideas}/1`],
		];
		for (const [name, url, atOnce = connections] of pages) {
			const body = await (await fetch(url)).text();
			await autocannon({ url, connections: atOnce, duration: 2 });
			const { requests, latency, non2xx, errors } = await autocannon({
				url,
				connections: atOnce,
				duration: seconds,
			});
			const failed = non2xx + errors;
			const cells = [
				requests.average.toFixed(0),
				String(latency.p50),
				String(latency.p99),
				String(Buffer.byteLength(body)),
			];
			const widths = [13, 9, 9, 12];
			console.log(
				name.padEnd(29) +
					cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('') +
					(failed ? `  ${failed} failed` : ''),
			);
		}
		await bare.close();
	} finally {
		await host.stop();
		await rm(directory, { recursive: true, force: true });
	}
}

/** A call that many take part in, straight into the tables. @returns its slug */
async function fillCall({ rooms, platform }: Host): Promise<string> {
	await rooms.identity.ensureDemoResidents(Array.from({ length: 200 }, (_, n) => `Habitant ${n}`));
	const words = (fr: string) => ({ fr, en: null });
	const day = 86_400_000;
	const made = await rooms.participation.calls.create(system, {
		kind: 'ideas',
		title: words('Mille idées'),
		summary: words('Pour mesurer.'),
		body: words(''),
		phases: [{ kind: 'proposing', startsAt: new Date(Date.now() - day), endsAt: new Date(Date.now() + day) }],
		envelopes: [],
		categories: [{ name: words('Nature') }, { name: words('Culture') }],
		eligibility: { who: words('Tout le monde'), leastAge: 16, proofs: ['email'] },
		ballotRules: null,
		questions: [],
	});
	if (!made.ok) throw new Error(made.error);
	const published = await rooms.participation.calls.publish(system, made.value.id);
	if (!published.ok) throw new Error(published.error);
	await platform.pool.query(
		`INSERT INTO participation.idea (id, call_id, number, author_id, category_id, title, body, longitude, latitude, status,
				published_at, support_count, comment_count)
			SELECT gen_random_uuid(), $1, n, person.id, category.id,
				(ARRAY['Des arbres', 'Un banc', 'Une piste', 'Un atelier', 'Une fête'])[1 + n % 5] || ' pour le quartier n° ' || n,
				repeat('Nous en parlons depuis longtemps dans la rue, et tout le monde y gagnerait. ', 1 + n % 8),
				2 + n / 100000.0, 47 + n / 100000.0, 'published', now() - n * interval '1 minute', n * 7919 % 500, 10
			FROM generate_series(1, 2000) n
			LEFT JOIN (SELECT id, row_number() OVER () - 1 AS place FROM identity.person) AS person
				ON person.place = n % (SELECT count(*) FROM identity.person)
			JOIN (SELECT id, position FROM participation.category WHERE call_id = $1) AS category ON category.position = n % 2`,
		[made.value.id],
	);
	await platform.pool.query(
		`INSERT INTO participation.comment (id, idea_id, author_id, body, status, created_at)
			SELECT gen_random_uuid(), idea.id, idea.author_id, 'Très bonne idée, à condition que quelqu’un s’en occupe.',
				'published', now() - n * interval '1 second'
			FROM participation.idea CROSS JOIN generate_series(1, 10) n WHERE idea.call_id = $1`,
		[made.value.id],
	);
	await platform.pool.query('ANALYZE participation.idea, participation.comment');
	return made.value.slug;
}

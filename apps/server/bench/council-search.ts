import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration } from '@parvis/platform';
import { step } from '../commands/command.ts';
import { type Host, startHost } from '../host.ts';

const meetings = 200;
const hours = 3;
const secondsOfLine = 6;
const rounds = 20;

const questions = [
	'Qu’a dit le conseil sur la piscine ?',
	'piscine horaires',
	'budget',
	'commune',
	'picine municipale',
	'rénovation énergétique école Jean-Jaurès toiture',
];

/** `./parvis bench council-search`: milliseconds of an answer over 200 meetings with three hours of transcript each. */
export async function run(): Promise<void> {
	const directory = await mkdtemp(join(tmpdir(), 'parvis-bench-'));
	await chmod(directory, 0o755);
	const host = await startHost(
		readConfiguration({
			PARVIS_DATA: directory,
			PARVIS_PORT: '0',
			MQTT_PORT: '0',
			PARVIS_ROLES: 'web',
			PARVIS_LOG_LEVEL: 'error',
		}),
	);
	try {
		await step(`Writing ${meetings} meetings of ${hours} h`, () => fill(host));
		const { search } = host.rooms.council;
		const began = performance.now();
		await step('Making them searchable', () => search.refresh());
		const { rows } = await host.platform.pool.query<{ entries: number; size: string }>(
			"SELECT count(*)::int AS entries, pg_size_pretty(pg_total_relation_size('council.search_entry')) AS size FROM council.search_entry",
		);
		await host.platform.pool.query('VACUUM ANALYZE council.search_entry');
		console.log(
			`${rows[0]?.entries} entries, ${rows[0]?.size}, ${Math.round((performance.now() - began) / meetings)} ms a meeting\n`,
		);
		console.log('question                                              found   p50 ms   max ms');
		for (const text of questions) {
			const taken: number[] = [];
			let total = 0;
			for (let n = 0; n <= rounds; n++) {
				const start = performance.now();
				total = (await search.find({ text })).total;
				// The first one warms up.
				if (n) taken.push(performance.now() - start);
			}
			taken.sort((a, b) => a - b);
			const figure = (value: number | undefined) => (value ?? 0).toFixed(1).padStart(9);
			console.log(
				`${text.padEnd(52)} ${String(total).padStart(6)}${figure(taken[rounds / 2])}${figure(taken.at(-1))}`,
			);
		}
	} finally {
		await host.stop();
		await rm(directory, { recursive: true, force: true });
	}
}

/** Speech of a vocabulary in which few words are frequent and many rare, as in any language (Zipf). */
async function fill({ platform }: Host): Promise<void> {
	const frequent = [
		'commune',
		'budget',
		'projet',
		'ville',
		'travaux',
		'habitants',
		'école',
		'euros',
		'année',
		'vote',
	];
	const rare = [
		'piscine',
		'horaires',
		'toiture',
		'Jaurès',
		'énergétique',
		'rénovation',
		'municipale',
		'patinoire',
	];
	const words = [...frequent, ...rare, ...Array.from({ length: 20_000 }, (_, n) => `mot${n.toString(36)}x`)];
	await platform.pool.query(
		"INSERT INTO council.body (id, slug, name, kind, inhabitants) VALUES (gen_random_uuid(), 'conseil', 'Conseil municipal', 'council', 14100)",
	);
	await platform.pool.query(
		`INSERT INTO council.meeting (id, body_id, slug, title, starts_at, status)
		 SELECT gen_random_uuid(), body.id, 'seance-' || n, 'Séance ' || n, now() - n * interval '11 days', 'closed'
		 FROM council.body, generate_series(1, $1::int) AS n`,
		[meetings],
	);
	await platform.pool.query(
		`INSERT INTO council.item (id, meeting_id, position, kind, title)
		 SELECT gen_random_uuid(), meeting.id, n, 'deliberation', 'Point ' || n FROM council.meeting, generate_series(1, 20) AS n`,
	);
	await platform.pool.query(
		`INSERT INTO council.event (meeting_id, at, kind, data)
		 SELECT meeting_id, starts_at + position * interval '9 minutes', 'item_taken', jsonb_build_object('itemId', item.id)
		 FROM council.item JOIN council.meeting ON meeting.id = meeting_id`,
	);
	await platform.pool.query(
		`INSERT INTO council.caption (id, meeting_id, starts_at, duration_seconds, text, speaker, provider)
		 SELECT gen_random_uuid(), meeting.id, starts_at + n * interval '1 second', $1::int,
			(SELECT string_agg(($2::text[])[1 + floor($3::int * power(random(), 4))::int], ' ')
			 FROM generate_series(1, 14 + n * 0)), 'Membre ' || (n / 40) % 27, 'bench'
		 FROM council.meeting, generate_series(0, $4::int, $1::int) AS n`,
		[secondsOfLine, words, words.length, hours * 3600],
	);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { budgetCall, createTestParticipation, openCall, type TestParticipation } from './testing.ts';

const voters = 1000;
let town: TestParticipation;
let call: { id: string; slug: string };
let people: { id: string; receipt: string }[];

beforeAll(async () => {
	town = await createTestParticipation();
	call = await openCall(town, budgetCall(), [1000, 2000, 3000]);
	people = Array.from({ length: voters }, () => ({
		id: crypto.randomUUID(),
		receipt: town.participation.ballots.drawReceipt(),
	}));
	await town.platform.pool.query(
		`INSERT INTO participation.voter (id, call_id, identity_hash, person_id)
			SELECT gen_random_uuid(), $1, sha256(person::text::bytea), person FROM unnest($2::uuid[]) AS given(person)`,
		[call.id, people.map(({ id }) => id)],
	);
});
afterAll(() => town.close());

/** A process of its own that casts ballots, and says of each when it is confirmed. */
function booth(choose: number): {
	child: ChildProcess;
	confirmed: Set<string>;
	first(count: number): Promise<void>;
} {
	const program = `
		import { createTestProcess } from ${JSON.stringify(new URL('./testing.ts', import.meta.url).href)};
		const { callId, people, project, day } = JSON.parse(await new Promise((resolve) => {
			let text = '';
			process.stdin.on('data', (part) => { text += part; }).on('end', () => resolve(text));
		}));
		const { participation } = createTestProcess(day);
		let next = 0;
		await Promise.all(Array.from({ length: 20 }, async () => {
			for (;;) {
				const person = people[next++];
				if (!person) return;
				const actor = { kind: 'person', id: person.id, displayName: '', roles: [], scopes: [], secondFactor: false };
				// Every third is impatient and sends it twice.
				const casts = await Promise.all(Array.from({ length: next % 3 === 0 ? 2 : 1 }, () =>
					participation.ballots.cast(actor, callId, [{ project }], person.receipt)));
				if (casts.every(({ ok }) => ok)) process.stdout.write(person.id + '\\n');
				else { console.error(casts); process.exitCode = 1; }
			}
		}));
		process.exit();`;
	const child = spawn(
		process.execPath,
		['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program],
		{
			stdio: ['pipe', 'pipe', 'inherit'],
			env: { PATH: process.env.PATH, DATABASE_URL: town.platform.config.databaseUrl ?? '' },
		},
	);
	child.stdin?.end(JSON.stringify({ callId: call.id, people, project: choose, day: 21 }));
	const confirmed = new Set<string>();
	const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
	lines.on('line', (line) => confirmed.add(line));
	return {
		child,
		confirmed,
		async first(count) {
			while (confirmed.size < count) await once(lines, 'line');
		},
	};
}

async function counts(): Promise<{ register: number; box: number }> {
	const { rows } = await town.platform.pool.query<{ register: number; box: number }>(
		`SELECT (SELECT count(*)::int FROM participation.voter WHERE call_id = $1 AND channel = 'web') AS register,
			(SELECT count(*)::int FROM participation.web_ballot WHERE call_id = $1) AS box`,
		[call.id],
	);
	return rows[0] ?? { register: -1, box: -1 };
}

test('killed in the middle of a vote: what was confirmed is there once, the register agrees with the box, all may go on', async () => {
	town.toDay(21);
	const killed = booth(1);
	await killed.first(voters / 3);
	killed.child.kill('SIGKILL');
	await once(killed.child, 'close');
	// What PostgreSQL had begun for it ends by itself.
	await expect
		.poll(async () => {
			const { rows } = await town.platform.pool.query<{ busy: number }>(
				`SELECT count(*)::int AS busy FROM pg_stat_activity WHERE datname = current_database()
				AND state <> 'idle' AND pid <> pg_backend_pid()`,
			);
			return rows[0]?.busy;
		})
		.toBe(0);
	const after = await counts();
	expect(after.register).toBe(after.box);
	expect(after.box).toBeGreaterThanOrEqual(killed.confirmed.size);
	expect(after.box).toBeLessThan(voters);
	for (const { id, receipt } of people)
		if (killed.confirmed.has(id))
			expect(await town.participation.ballots.read(call.id, receipt)).toEqual([{ project: 1 }]);

	// Everybody sends again, also those whose ballot is there: they know nothing of it.
	const again = booth(2);
	await once(again.child, 'close');
	expect(again.child.exitCode).toBe(0);
	expect(again.confirmed.size).toBe(voters);
	expect(await counts()).toEqual({ register: voters, box: voters });
	for (const { receipt } of people.slice(0, 50))
		expect(await town.participation.ballots.read(call.id, receipt)).toEqual([{ project: 2 }]);

	// Another's receipt opens nobody a second ballot.
	const [mine] = people;
	const stranger = await town.person('Étrangère');
	await town.platform.pool.query(
		`INSERT INTO participation.voter (id, call_id, identity_hash, person_id) VALUES (gen_random_uuid(), $1, '\\x00', $2)`,
		[call.id, stranger.id],
	);
	expect(
		await town.participation.ballots.cast(stranger, call.id, [{ project: 3 }], mine?.receipt),
	).toMatchObject({ error: 'participation.receipt_unknown' });
	expect(await town.participation.ballots.read(call.id, mine?.receipt ?? '')).toEqual([{ project: 2 }]);
});

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parsePabulib } from '@parvis/budget-voting';
import { type Actor, anonymous, system } from '@parvis/platform';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromCode, toCode } from './codes.ts';
import { hideSmall, leastVotersShown } from './counting.ts';
import { ageOn, plainName } from './declaration.ts';
import { canonical, commitmentOf, leafOf, merkleProof, merkleRoot, secretOf } from './receipts.ts';
import { createSealingKey, openerOf, seal } from './seal.ts';
import { budgetCall, createTestParticipation, openCall, type TestParticipation } from './testing.ts';

let town: TestParticipation;
let booth: Actor & { id: string };
let manager: Actor & { id: string };
beforeAll(async () => {
	town = await createTestParticipation({ PARVIS_DEMO: 'true' });
	booth = await town.person('Bureau', 'booth');
	manager = await town.person('Direction', 'manager');
});
afterAll(() => town.close());

let people = 0;
const declarationOf = (n: number) => ({
	familyName: `Nom ${'abcdefghij'[n % 10]}${'abcdefghij'[Math.floor(n / 10) % 10]}${'abcdefghij'[Math.floor(n / 100) % 10]}`,
	givenName: 'Camille',
	birthDate: '1980-06-15',
});

/** Somebody on the register, ready to vote. */
async function voter(
	callId: string,
): Promise<{ actor: Actor & { id: string }; declaration: ReturnType<typeof declarationOf> }> {
	const actor = await town.person(`Personne ${people}`);
	const declaration = declarationOf(people++);
	expect(await town.participation.eligibility.proveByAccount(actor, callId, 'email')).toEqual({
		ok: true,
		value: null,
	});
	expect(await town.participation.eligibility.register(actor, callId, declaration)).toEqual({
		ok: true,
		value: null,
	});
	return { actor, declaration };
}

const count = async (text: string, ...values: unknown[]) =>
	(await town.platform.pool.query<{ count: number }>(text, values)).rows[0]?.count ?? Number.NaN;

describe('who may vote', () => {
	test('shows it by one of the means the call takes, once for each proof and person', async () => {
		town.toDay(0);
		const { eligibility } = town.participation;
		const call = await openCall(town, budgetCall(), [100]);
		const first = await town.person('Ada');
		expect(await eligibility.register(first, call.id, declarationOf(900))).toMatchObject({
			error: 'participation.proof_missing',
		});
		expect(await eligibility.proveByAccount(first, call.id, 'franceconnect')).toMatchObject({
			error: 'participation.proof_not_taken',
		});
		expect(await eligibility.proveByAccount(anonymous, call.id, 'email')).toMatchObject({
			error: 'participation.sign_in_first',
		});
		const codes = await eligibility.createLetterCodes(manager, call.id, 3);
		const [code = '', other = ''] = codes.ok ? codes.value : [];
		expect(await eligibility.proveByLetter(first, call.id, 'ABCD-EFGH')).toMatchObject({
			error: 'participation.code_wrong',
		});
		expect(await eligibility.proveByLetter(first, call.id, ` ${code.toLowerCase()} `)).toMatchObject({
			ok: true,
		});
		const second = await town.person('Bob');
		expect(await eligibility.proveByLetter(second, call.id, code)).toMatchObject({
			error: 'participation.code_wrong',
		});
		expect(await eligibility.proveByLetter(second, call.id, other)).toMatchObject({ ok: true });
		expect(await eligibility.register(first, call.id, declarationOf(900))).toMatchObject({ ok: true });
		// The same person, however the name is written, and a second account.
		expect(
			await eligibility.register(second, call.id, { ...declarationOf(900), givenName: ' CAMILLE' }),
		).toMatchObject({ error: 'participation.identity_taken' });
		expect(await eligibility.register(second, call.id, declarationOf(901))).toMatchObject({ ok: true });
		// Another name for an account that is on the register.
		expect(await eligibility.register(second, call.id, declarationOf(902))).toMatchObject({
			error: 'participation.registered_already',
		});
		expect(await eligibility.createLetterCodes(first, call.id, 1)).toMatchObject({
			error: 'platform.not_allowed',
		});
	});

	test('too young, no date, or rubbish: refused, and nothing is written', async () => {
		const call = await openCall(town, budgetCall());
		const actor = await town.person('Zoé');
		await town.participation.eligibility.proveByAccount(actor, call.id, 'email');
		for (const [change, error] of [
			[{ birthDate: '2015-01-01' }, 'too_young'],
			[{ birthDate: '31/12/1980' }, 'birth_date_invalid'],
			[{ birthDate: '2080-01-01' }, 'birth_date_invalid'],
			[{ familyName: '   ' }, 'name_missing'],
			[{ familyName: '123' }, 'name_missing'],
		] as const)
			expect(
				await town.participation.eligibility.register(actor, call.id, { ...declarationOf(910), ...change }),
			).toMatchObject({ error: `participation.${error}` });
		for (const rubbish of [null, 3, [], { familyName: {} }, 'x'])
			expect((await town.participation.eligibility.register(actor, call.id, rubbish)).ok).toBe(false);
		expect(await count('SELECT count(*)::int FROM participation.voter WHERE call_id = $1', call.id)).toBe(0);
	});

	test('a telephone serves one person; codes end, and few may be tried', async () => {
		const { eligibility } = town.participation;
		const call = await openCall(town, budgetCall());
		const actor = await town.person('Tel');
		const said: string[] = [];
		const log = console.log;
		console.log = (text: string) => void said.push(text);
		try {
			expect(await eligibility.askSms(actor, call.id, '12')).toMatchObject({
				error: 'participation.phone_invalid',
			});
			expect(await eligibility.askSms(actor, call.id, '06 12 34 56 78')).toMatchObject({ ok: true });
			const code = /\d{6}/.exec(said[0]?.replace('+33612345678', '') ?? '')?.[0] ?? '';
			const wrong = code === '000000' ? '000001' : '000000';
			expect(await eligibility.proveBySms(actor, call.id, wrong)).toMatchObject({
				error: 'participation.code_wrong',
			});
			expect(await eligibility.proveBySms(actor, call.id, code)).toMatchObject({ ok: true });
			const thief = await town.person('Thief');
			await eligibility.askSms(thief, call.id, '+33 6 12 34 56 78');
			const theirs = /\d{6}/.exec(said[1]?.replace('+33612345678', '') ?? '')?.[0] ?? '';
			expect(await eligibility.proveBySms(thief, call.id, theirs)).toMatchObject({
				error: 'participation.proof_used_by_another',
			});
			for (let i = 0; i < 4; i++)
				expect((await eligibility.askSms(thief, call.id, '0698765432')).ok).toBe(true);
			expect(await eligibility.askSms(thief, call.id, '0698765432')).toMatchObject({
				error: 'participation.sms_too_many',
			});
			for (let i = 0; i < 5; i++) await eligibility.proveBySms(thief, call.id, 'abc');
			const right = /\d{6}/.exec(said.at(-1)?.replace('+33698765432', '') ?? '')?.[0] ?? '';
			expect(await eligibility.proveBySms(thief, call.id, right)).toMatchObject({
				error: 'participation.code_wrong',
			});
		} finally {
			console.log = log;
		}
	});

	test('a document is looked at by an agent and gone with the decision', async () => {
		const { eligibility } = town.participation;
		const call = await openCall(town, budgetCall());
		const actor = await town.person('Doc');
		const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(100)]);
		expect(await eligibility.askByDocument(actor, call.id, { content: Buffer.from('<svg>') })).toMatchObject({
			error: 'participation.file_type',
		});
		expect(
			await eligibility.askByDocument(actor, call.id, {
				content: Buffer.concat([png, Buffer.alloc(9 << 20)]),
			}),
		).toMatchObject({ error: 'participation.file_too_large' });
		expect(await eligibility.askByDocument(actor, call.id, { content: png })).toMatchObject({ ok: true });
		expect(await eligibility.documents(actor, call.id)).toMatchObject({ error: 'platform.not_allowed' });
		const waiting = await eligibility.documents(booth, call.id);
		const [document] = waiting.ok ? waiting.value : [];
		expect(document?.person).toBe('Doc');
		expect(await eligibility.openDocument(actor, document?.id ?? '')).toBeNull();
		expect((await eligibility.openDocument(booth, document?.id ?? ''))?.contentType).toBe('image/png');
		expect(
			await eligibility.decideDocument(booth, document?.id ?? '', { granted: false, refusal: ' ' }),
		).toMatchObject({ error: 'participation.refusal_missing' });
		expect(
			await eligibility.decideDocument(booth, document?.id ?? '', { granted: true, refusal: '' }),
		).toMatchObject({ ok: true });
		expect(await eligibility.openDocument(booth, document?.id ?? '')).toBeNull();
		expect(await town.platform.files.stat(`participation/proof/${document?.id}`)).toBeNull();
		expect(await eligibility.register(actor, call.id, declarationOf(920))).toMatchObject({ ok: true });
	});
});

describe('a vote', () => {
	test('is cast once, changed with its receipt, and told to nobody before the close', async () => {
		town.toDay(0);
		const { ballots, counting, projects } = town.participation;
		const call = await openCall(town, budgetCall(), [5000, 4000, 3000]);
		const { actor } = await voter(call.id);
		expect(await ballots.cast(actor, call.id, [{ project: 1 }])).toMatchObject({
			error: 'participation.vote_closed',
		});
		town.toDay(20);
		for (const [choices, error] of [
			[[], 'ballot_empty'],
			[[{ project: 9 }], 'ballot_foreign_project'],
			[[{ project: 1 }, { project: 1 }], 'ballot_project_twice'],
			[[{ project: 1.5 }], 'ballot_unreadable'],
			['tous', 'ballot_unreadable'],
			[Array.from({ length: 4 }, (_, i) => ({ project: (i % 3) + 1 })), 'ballot_project_twice'],
		] as const)
			expect(await ballots.cast(actor, call.id, choices)).toMatchObject({ error: `participation.${error}` });
		expect(await ballots.cast(await town.person('Sans'), call.id, [{ project: 1 }])).toMatchObject({
			error: 'participation.not_registered',
		});
		const cast = await ballots.cast(actor, call.id, [{ project: 1 }]);
		if (!cast.ok) throw new Error(cast.error);
		const { receipt } = cast.value;
		expect(await ballots.cast(actor, call.id, [{ project: 2 }])).toMatchObject({
			error: 'participation.voted_on_web',
		});
		expect(await ballots.cast(actor, call.id, [{ project: 2 }], 'nonsense')).toMatchObject({
			error: 'participation.receipt_unreadable',
		});
		expect(await ballots.cast(actor, call.id, [{ project: 2 }], toCode(Buffer.alloc(18, 7)))).toMatchObject({
			error: 'participation.receipt_unknown',
		});
		expect(await ballots.read(call.id, receipt)).toEqual([{ project: 1 }]);
		expect(
			await ballots.cast(actor, call.id, [{ project: 3 }, { project: 2 }], receipt.toLowerCase()),
		).toMatchObject({
			ok: true,
		});
		expect(await ballots.read(call.id, receipt)).toEqual([{ project: 3 }, { project: 2 }]);
		await ballots.mix();
		expect(
			await count('SELECT count(*)::int FROM participation.web_ballot WHERE call_id = $1', call.id),
		).toBe(1);
		// Nothing public tells of it.
		expect(await counting.result(call.id, 'fr')).toBeNull();
		expect(await counting.checkReceipt(call.id, receipt)).toMatchObject({
			error: 'participation.receipt_not_in_box',
		});
		const listed = await projects.list(anonymous, { callId: call.id });
		expect(JSON.stringify(listed)).not.toMatch(/votes|score/);
		expect(await counting.count(manager, call.id)).toMatchObject({ error: 'participation.vote_not_over' });
		town.toDay(30);
		expect(await ballots.cast(actor, call.id, [{ project: 1 }], receipt)).toMatchObject({
			error: 'participation.vote_closed',
		});
		expect(await counting.closeDue(system)).toBeGreaterThanOrEqual(1);
		const checked = await counting.checkReceipt(call.id, receipt);
		expect(checked).toMatchObject({ ok: true, value: { choices: [{ project: 3 }, { project: 2 }] } });
		expect(await counting.count(manager, call.id)).toMatchObject({ error: 'participation.counted_already' });
	});

	test('the order of projects is fair: a voter’s own, the same each time', async () => {
		town.toDay(0);
		const call = await openCall(
			town,
			budgetCall(),
			Array.from({ length: 12 }, () => 100),
		);
		const order = async (actor: Actor) =>
			(await town.participation.ballots.candidates(actor, call.id)).map(({ number }) => number);
		const [one, other] = [await town.person('Une'), await town.person('Autre')];
		expect(await order(one)).toEqual(await order(one));
		expect(await order(one)).not.toEqual(await order(other));
		expect((await order(one)).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
	});

	test('a thousand people at once, some twice, some changing their mind: the register and the box agree', async () => {
		town.toDay(20);
		const call = await openCall(town, { ...budgetCall() }, []);
		// Projects come before the vote.
		town.toDay(0);
		const open = await openCall(town, budgetCall(), [4000, 3000, 2000, 1000]);
		expect(call.id).not.toBe(open.id);
		const ids = Array.from({ length: 1000 }, () => crypto.randomUUID());
		await town.platform.pool.query(
			`INSERT INTO identity.person (id, name, email, email_verified)
			SELECT id, 'V', id || '@example.org', true FROM unnest($1::uuid[]) AS given(id)`,
			[ids],
		);
		await town.platform.pool.query(
			`INSERT INTO participation.voter (id, call_id, identity_hash, person_id)
			SELECT gen_random_uuid(), $1, sha256(id::text::bytea), id FROM unnest($2::uuid[]) AS given(id)`,
			[open.id, ids],
		);
		town.toDay(20);
		const actorOf = (id: string): Actor => ({ ...anonymous, kind: 'person', id });
		const last = new Map<string, { receipt: string; choices: { project: number }[] }>();
		await Promise.all(
			ids.map(async (id, i) => {
				const choices = [{ project: (i % 4) + 1 }];
				const attempts = await Promise.all(
					(i % 5 === 0 ? [1, 2] : [1]).map(() =>
						town.participation.ballots.cast(actorOf(id), open.id, choices),
					),
				);
				const done = attempts.filter((attempt) => attempt.ok);
				expect(done).toHaveLength(1);
				const [first] = done;
				if (!first?.ok) return;
				let now = choices;
				if (i % 3 === 0) {
					now = [{ project: ((i + 1) % 4) + 1 }, { project: ((i + 2) % 4) + 1 }];
					const changed = await town.participation.ballots.cast(
						actorOf(id),
						open.id,
						now,
						first.value.receipt,
					);
					expect(changed.ok).toBe(true);
				}
				last.set(id, { receipt: first.value.receipt, choices: now });
				if (i % 250 === 0) await town.participation.ballots.mix();
			}),
		);
		expect(
			await count(
				"SELECT count(*)::int FROM participation.voter WHERE call_id = $1 AND channel = 'web'",
				open.id,
			),
		).toBe(1000);
		expect(
			await count('SELECT count(*)::int FROM participation.web_ballot WHERE call_id = $1', open.id),
		).toBe(1000);
		town.toDay(30);
		expect(await town.participation.counting.count(manager, open.id)).toMatchObject({ ok: true });
		const box = await Array.fromAsync(town.participation.counting.box(open.id));
		expect(box).toHaveLength(1000);
		const labels = new Set(box.map(({ label }) => label));
		for (const { receipt, choices } of last.values())
			expect(labels).toContain(commitmentOf(open.id, secretOf(receipt) as Buffer, choices).toString('hex'));
		// Nothing leads from a voter to a ballot any more.
		expect(
			await count('SELECT count(*)::int FROM participation.web_ballot WHERE call_id = $1', open.id),
		).toBe(0);
		expect(
			await count(
				'SELECT count(sealed_ballot)::int AS count FROM participation.voter WHERE call_id = $1',
				open.id,
			),
		).toBe(0);
	});

	test('the result explains itself, can be counted again from the published file, and its root from the box', async () => {
		town.toDay(0);
		const call = await openCall(town, budgetCall(), [6000, 5000, 1000]);
		const voters = [];
		for (let i = 0; i < 10; i++) voters.push((await voter(call.id)).actor);
		town.toDay(20);
		for (const [i, actor] of voters.entries())
			expect(
				(
					await town.participation.ballots.cast(
						actor,
						call.id,
						i < 6 ? [{ project: 1 }] : [{ project: 2 }, { project: 3 }],
					)
				).ok,
			).toBe(true);
		town.toDay(31);
		expect((await town.participation.counting.count(manager, call.id)).ok).toBe(true);
		const result = await town.participation.counting.result(call.slug, 'fr');
		const [envelope] = result?.envelopes ?? [];
		expect(envelope?.projects.filter(({ selected }) => selected).map(({ number }) => number)).toEqual([1, 3]);
		expect(envelope?.projects.find(({ number }) => number === 2)?.explanation).toMatch(/manquait/);
		expect(
			envelope?.projects.every(({ explanation }) => explanation && !explanation.includes('participation.')),
		).toBe(true);
		expect(envelope?.rules.map(({ key }) => key)[0]).toBe('equal-shares');
		expect(result?.turnout).toEqual([{ district: null, voters: 10 }]);
		const text = await town.participation.counting.pabulib(call.id, envelope?.envelope.id ?? '');
		const again = parsePabulib(text ?? '');
		expect(again.ballots).toHaveLength(10);
		expect(again.projects.map(({ fields }) => fields.selected)).toEqual(['1', '0', '1']);
		const box = await Array.fromAsync(town.participation.counting.box(call.id));
		expect(merkleRoot(box.map(leafOf))?.toString('hex')).toBe(result?.merkleRoot);
		const statuses = await town.participation.projects.list(anonymous, { callId: call.id });
		expect(statuses.items.map(({ status }) => status)).toEqual(['selected', 'not_selected', 'selected']);
	});
});

describe('paper', () => {
	test('one voter never counts twice, and the call’s rule settles who came twice', async () => {
		town.toDay(0);
		const { ballots, paper, counting } = town.participation;
		const call = await openCall(town, budgetCall(), [4000, 3000]);
		const key = await ballots.createKey(manager, call.id);
		const secretKey = key.ok ? key.value.secretKey : '';
		const web = await voter(call.id);
		const both = await voter(call.id);
		town.toDay(20);
		expect(await ballots.createKey(manager, call.id)).toMatchObject({ error: 'participation.vote_begun' });
		expect((await ballots.cast(web.actor, call.id, [{ project: 1 }])).ok).toBe(true);
		expect((await ballots.cast(both.actor, call.id, [{ project: 1 }])).ok).toBe(true);
		expect(await paper.checkIn(web.actor, call.id, web.declaration)).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect(await paper.checkIn(booth, call.id, both.declaration)).toEqual({
			ok: true,
			value: { clash: true },
		});
		expect(await paper.checkIn(booth, call.id, both.declaration)).toMatchObject({
			error: 'participation.voted_on_paper',
		});
		const fresh = declarationOf(930);
		expect(await paper.checkIn(booth, call.id, fresh)).toEqual({ ok: true, value: { clash: false } });
		// Who voted at the booth finds the web closed.
		const late = await town.person('Tard');
		await town.participation.eligibility.proveByAccount(late, call.id, 'email');
		expect((await town.participation.eligibility.register(late, call.id, fresh)).ok).toBe(true);
		expect(await ballots.cast(late, call.id, [{ project: 1 }])).toMatchObject({
			error: 'participation.voted_on_paper',
		});

		expect(
			await paper.enter(booth, call.id, { number: 'a-1', booth: 'Mairie', choices: [{ project: 2 }] }),
		).toEqual({
			ok: true,
			value: { status: 'matches' },
		});
		expect(
			await paper.enter(booth, call.id, { number: 'A-1', booth: 'Mairie', choices: [{ project: 2 }] }),
		).toMatchObject({
			error: 'participation.sheet_twice',
		});
		const imported = await paper.importCsv(
			booth,
			call.id,
			'sheet;booth;projects\nA-2;Mairie;2\nA-1;Mairie;1\nA-3;Mairie;9\n',
		);
		expect(imported).toMatchObject({
			ok: true,
			value: {
				entered: 0,
				faults: [
					{ line: 3, error: 'participation.sheet_twice' },
					{ line: 4, error: 'participation.ballot_foreign_project' },
				],
			},
		});
		expect(
			await paper.importCsv(booth, call.id, 'sheet;booth;projects\nA-2;Mairie;2 1\nA-3;Mairie;2\n'),
		).toMatchObject({
			ok: true,
			value: { entered: 2 },
		});
		town.toDay(30);
		await counting.closeDue(system);
		expect(await counting.state(manager, call.id)).toMatchObject({ value: { state: 'ready', clashes: 1 } });
		expect(await counting.count(manager, call.id, secretKey)).toMatchObject({
			error: 'participation.more_sheets_than_voters',
		});
		const listed = await paper.list(booth, call.id);
		const extra = listed.ok ? listed.value.items.find(({ number }) => number === 'A-3') : undefined;
		expect((await paper.settle(booth, extra?.id ?? '', { voidReason: 'Saisi par erreur' })).ok).toBe(true);
		expect(await counting.count(manager, call.id)).toMatchObject({ error: 'participation.key_needed' });
		expect(await counting.count(manager, call.id, createSealingKey().secretKey)).toMatchObject({
			error: 'participation.key_wrong',
		});
		expect(await counting.count(manager, call.id, secretKey.toLowerCase())).toMatchObject({ ok: true });
		const result = await counting.result(call.id, 'fr');
		expect(result).toMatchObject({ webBallots: 1, paperBallots: 2, clashes: [{ kept: 'paper', count: 1 }] });
		expect(result?.envelopes[0]?.projects.map(({ number, votes }) => [number, votes]).toSorted()).toEqual([
			[1, 2],
			[2, 2],
		]);
	});

	test('where two agents enter each sheet, they have to agree', async () => {
		town.toDay(0);
		const { paper, counting } = town.participation;
		const rules = budgetCall().ballotRules;
		const call = await openCall(
			town,
			budgetCall({ ballotRules: rules && { ...rules, doubleEntry: true } }),
			[4000, 3000],
		);
		const second = await town.person('Second', 'booth');
		town.toDay(20);
		await paper.checkIn(booth, call.id, declarationOf(940));
		const sheet = { number: '1', booth: 'École', choices: [{ project: 1 }] };
		expect(await paper.enter(booth, call.id, sheet)).toMatchObject({ value: { status: 'once' } });
		expect(await paper.enter(booth, call.id, sheet)).toMatchObject({
			error: 'participation.sheet_second_agent',
		});
		expect(await paper.enter(second, call.id, { ...sheet, choices: [{ project: 2 }] })).toMatchObject({
			value: { status: 'differs' },
		});
		town.toDay(30);
		expect(await counting.count(manager, call.id)).toMatchObject({ error: 'participation.sheets_unsettled' });
		const listed = await paper.list(booth, call.id);
		const id = listed.ok ? (listed.value.items[0]?.id ?? '') : '';
		expect((await paper.settle(second, id, { choices: [{ project: 2 }] })).ok).toBe(true);
		expect((await counting.count(manager, call.id)).ok).toBe(true);
	});
});

describe('what a vote rests on', () => {
	test('codes survive being copied by hand, and one wrong letter is seen', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (bytes, at) => {
				const code = toCode(Buffer.from(bytes));
				expect(
					fromCode(` ${code.toLowerCase().replaceAll('0', 'o').replaceAll('-', ' ')}`, bytes.length),
				).toEqual(Buffer.from(bytes));
				const letters = code.replaceAll('-', '');
				const place = at % letters.length;
				const wrong = letters[place] === 'Z' ? '0' : 'Z';
				const typed = fromCode(letters.slice(0, place) + wrong + letters.slice(place + 1), bytes.length);
				// Two bytes of check: one in 65,536 mistakes may pass unseen.
				if (typed) expect(typed).not.toEqual(Buffer.from(bytes));
			}),
		);
	});

	test('what is sealed opens with the one secret key, and looks different each time', () => {
		const { publicKey, secretKey } = createSealingKey();
		const content = createHash('sha256').update('x').digest();
		const [one, other] = [seal(publicKey, content), seal(publicKey, content)];
		expect(one).toHaveLength(80);
		expect(one.equals(other)).toBe(false);
		expect(openerOf(secretKey, publicKey)?.(one)).toEqual(content);
		expect(openerOf(createSealingKey().secretKey, publicKey)).toBeNull();
		expect(openerOf('rien', publicKey)).toBeNull();
	});

	test('each leaf’s proof leads to the root, and no other leaf’s', () => {
		const node = (left: Buffer, right: Buffer) =>
			createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (size, at) => {
				const leaves = Array.from({ length: size }, (_, i) =>
					leafOf({ label: `${i}`, choices: [{ project: i }] }),
				);
				const index = at % size;
				// From the leaf up: on which side a sibling stands follows from the sizes of the subtrees.
				const sides: ('left' | 'right')[] = [];
				for (let low = 0, high = size; high - low > 1; ) {
					const half = low + 2 ** (Math.ceil(Math.log2(high - low)) - 1);
					sides.unshift(index < half ? 'right' : 'left');
					if (index < half) high = half;
					else low = half;
				}
				const root = merkleProof(leaves, index).reduce(
					(hash, sibling, i) => (sides[i] === 'right' ? node(hash, sibling) : node(sibling, hash)),
					leaves[index] as Buffer,
				);
				expect(root).toEqual(merkleRoot(leaves));
			}),
		);
	});

	test('names are the same person’s however they are written; ages go by the calendar', () => {
		expect(plainName('Éléonore de La Tour-d’Auvergne')).toBe(plainName('ELEONORE  de la tour d auvergne'));
		expect(ageOn('2010-06-15', new Date('2026-06-14T12:00:00Z'))).toBe(15);
		expect(ageOn('2010-06-15', new Date('2026-06-14T23:00:00Z'))).toBe(16);
		expect(canonical([{ project: 3 }, { project: 1, points: 2 }])).toBe('3,1:2');
	});

	test('no district with few voters can be told, not even by subtraction', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(
					fc.record({
						district: fc.option(fc.string(), { nil: null }),
						voters: fc.integer({ min: 1, max: 40 }),
					}),
					{
						selector: ({ district }) => district,
					},
				),
				(rows) => {
					const shown = hideSmall(rows);
					const total = rows.reduce((sum, { voters }) => sum + voters, 0);
					for (const { voters } of shown) expect(voters).toBeGreaterThanOrEqual(leastVotersShown);
					if (shown.length) expect(shown.reduce((sum, { voters }) => sum + voters, 0)).toBe(total);
				},
			),
		);
	});
});

describe('an election of the past', () => {
	const shared =
		process.env.PARVIS_SHARED_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
	const file = `${shared}/pabulib/France_Toulouse_2024.pb`;
	const toulouse = existsSync(file) ? readFileSync(file, 'utf8') : null;

	test.skipIf(!toulouse)('becomes a call with its whole result', async () => {
		town.clock.now = new Date('2026-06-01T00:00:00Z');
		const imported = await town.participation.counting.importPabulib(manager, toulouse ?? '');
		if (!imported.ok) throw new Error(imported.error);
		expect(imported.value).toMatchObject({ projects: 183, ballots: 7260 });
		const result = await town.participation.counting.result(imported.value.slug, 'fr');
		expect(result?.envelopes[0]).toMatchObject({ rule: 'greedy', ballots: 7260 });
		expect(result?.envelopes[0]?.projects).toHaveLength(183);
		const text = await town.participation.counting.pabulib(
			result?.call.id ?? '',
			result?.envelopes[0]?.envelope.id ?? '',
		);
		expect(parsePabulib(text ?? '').ballots).toHaveLength(7260);
	});

	test('that makes no sense is refused with its line, and leaves nothing', async () => {
		const before = await count('SELECT count(*)::int FROM participation.call');
		expect(
			await town.participation.counting.importPabulib(manager, 'META\nkey;value\nbudget;1\n'),
		).toMatchObject({
			error: 'participation.pabulib_unreadable',
		});
		expect(await town.participation.counting.importPabulib(booth, 'META')).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect(await count('SELECT count(*)::int FROM participation.call')).toBe(before);
	});
});

import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { anonymous, type Result } from '@parvis/platform';
import { lookAtPdf } from '@parvis/platform/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';
import { fillDemo } from './demo.ts';
import type { Subject } from './face.ts';
import { givenItem, givenLot } from './testing.ts';

let room: TestEquipment;
type Person = Awaited<ReturnType<TestEquipment['person']>>;
let nadia: Person;
let sofia: Person;
let resident: Person;

beforeAll(async () => {
	room = await createTestEquipment();
	nadia = await room.person('Nadia', 'equipment:collector');
	sofia = await room.person('Sofia', 'equipment:manager');
	resident = await room.person('Camille');
});
afterAll(() => room?.close());

function value<T>(result: Result<T>): T {
	if (!result.ok) throw new Error(result.error);
	return result.value;
}
const item = (id: string): Subject => ({ kind: 'item', id });
let tools = 0;
/** A reset of an encrypted phone; each call without a tool is a series of its own. */
const reset = (more: Record<string, unknown> = {}) => ({
	medium: 'flash_embedded',
	technique: 'factory_reset',
	encrypted: true,
	tool: `outil ${++tools}`,
	toolVersion: '1',
	result: 'done',
	startedAt: new Date(room.clock.now.getTime() - 600_000),
	endedAt: room.clock.now,
	...more,
});
const good = { passed: true, means: 'starts_as_new' };
const bad = { passed: false, means: 'recovery_attempt', note: 'Des photos étaient lisibles.' };
const wiping = () => room.equipment.wiping;

describe('a wipe', () => {
	it('leaves only once somebody else has verified its sample, and then has a certificate', async () => {
		const id = await givenItem(room);
		expect(await wiping().notWiped([id])).toEqual([id]);
		const recorded = value(await wiping().record(nadia, item(id), reset()));
		expect(recorded).toMatchObject({ method: 'purge', standing: 'to_verify', certificate: null });
		expect(await wiping().notWiped([id])).toEqual([id]);
		expect(await wiping().verify(nadia, recorded.id, good)).toMatchObject({ error: 'equipment.wipe_own' });
		const { issued } = value(await wiping().verify(sofia, recorded.id, good));
		expect(issued).toHaveLength(1);
		expect(await wiping().notWiped([id])).toEqual([]);
		expect(await wiping().verify(sofia, recorded.id, good)).toMatchObject({
			error: 'equipment.wipe_verified_already',
		});
	});

	it('is not needed by what holds no data, but by an unknown item', async () => {
		const screen = await givenItem(room, { category: 'monitor', holdsData: false });
		const phone = await givenItem(room, { holdsData: false });
		const nobody = '01900000-0000-7000-8000-000000000000';
		expect((await wiping().notWiped([screen, phone, nobody])).toSorted()).toEqual([phone, nobody].toSorted());
		expect(await wiping().record(nadia, item(screen), reset())).toMatchObject({
			error: 'equipment.wipe_holds_none',
		});
	});

	it('is refused with the reason', async () => {
		const id = await givenItem(room);
		const laptop = await givenItem(room, { category: 'laptop' });
		const refusals: [Subject, Record<string, unknown>, string][] = [
			[item(id), { encrypted: false }, 'wipe_not_encrypted'],
			[item(id), { technique: 'overwrite' }, 'wipe_too_weak_clear_purge'],
			[item(id), { sensitive: true }, 'wipe_too_weak_purge_destroy'],
			[item(id), { medium: 'none', technique: 'inspection' }, 'wipe_never_empty'],
			[item(laptop), { medium: 'ssd_nvme', technique: 'degauss' }, 'wipe_degauss_flash'],
			[item(laptop), { medium: 'ssd_nvme', technique: 'factory_reset' }, 'wipe_not_on_medium'],
			[item(laptop), { medium: 'unknown', technique: 'block_erase' }, 'wipe_unknown_medium'],
			[item(id), { tool: '' }, 'wipe_tool_missing'],
			[item(id), { endedAt: new Date(room.clock.now.getTime() + 3_600_000) }, 'wipe_in_the_future'],
			[item(id), { startedAt: new Date(room.clock.now.getTime() + 60_000) }, 'wipe_ends_before'],
			[item(id), { endedAt: new Date(Number.NaN) }, 'wipe_time_invalid'],
			[item(id), { imei: '12AB' }, 'wipe_imei_invalid'],
			[item(id), { report: '{"a":1}' }, 'wipe_report_unreadable'],
			[item('not-an-id'), {}, 'not_found'],
		];
		for (const [subject, more, error] of refusals)
			expect(await wiping().record(nadia, subject, reset(more))).toMatchObject({
				error: `equipment.${error}`,
			});
		expect(
			(await room.platform.pool.query('SELECT FROM equipment.wipe WHERE item_id = $1', [id])).rowCount,
		).toBe(0);
	});

	it('found impossible leaves only destruction', async () => {
		const id = await givenItem(room);
		value(await wiping().record(nadia, item(id), reset({ result: 'impossible' })));
		expect(await wiping().record(nadia, item(id), reset())).toMatchObject({
			error: 'equipment.wipe_must_destroy',
		});
		const shredded = value(
			await wiping().record(nadia, item(id), reset({ technique: 'shred', tool: 'Broyeur' })),
		);
		value(await wiping().verify(sofia, shredded.id, { passed: true, means: 'remains_seen' }));
		expect(await wiping().notWiped([id])).toEqual([]);
	});

	it('needs every storage: a card left in the phone holds it back', async () => {
		const id = await givenItem(room);
		const main = value(await wiping().record(nadia, item(id), reset()));
		value(await wiping().verify(sofia, main.id, good));
		value(
			await wiping().record(
				nadia,
				item(id),
				reset({ slot: 'card', medium: 'memory_card', technique: 'overwrite', result: 'failed' }),
			),
		);
		expect(await wiping().notWiped([id])).toEqual([id]);
	});

	it('takes a report of nwipe at its word', async () => {
		const id = await givenItem(room, { category: 'desktop' });
		const at = Math.floor(room.clock.now.getTime() / 1000);
		const report = (errors: number) =>
			JSON.stringify({
				report_metadata: { software: 'nwipe', version: '0.39' },
				device: { model: 'WD', serial_no: 'WX1', size_bytes: 1000 },
				wipe_result: {
					status: 'success',
					pass_errors: errors,
					verify_errors: 0,
					start_time: at - 3600,
					end_time: at - 60,
				},
			});
		const given = { ...reset(), medium: 'hdd', technique: 'overwrite', leaving: false };
		expect(await wiping().record(nadia, item(id), { ...given, report: report(2) })).toMatchObject({
			error: 'equipment.wipe_report_failed',
		});
		value(await wiping().record(nadia, item(id), { ...given, report: report(0) }));
		const { wipes } = value(await wiping().subject(nadia, item(id)));
		expect(wipes[0]).toMatchObject({
			tool: 'nwipe',
			toolVersion: '0.39',
			mediumSerial: 'WX1',
			method: 'clear',
		});
		// Cleared for another desk in the town: not enough to leave.
		expect(await wiping().notWiped([id])).toEqual([id]);
	});
});

describe('a failed verification', () => {
	it('reopens the series since the last good sample and revokes what rested on it', async () => {
		await room.platform.pool.query('UPDATE equipment.wiping_settings SET sample_percent = 0');
		const tool = { tool: 'Poste 4', toolVersion: '2' };
		const ids = await Promise.all(Array.from({ length: 4 }, () => givenItem(room)));
		const [a = '', b = '', c = '', d = ''] = ids;
		const first = value(await wiping().record(nadia, item(a), reset(tool)));
		expect(value(await wiping().record(nadia, item(b), reset(tool))).standing).toBe('waiting');
		expect(value(await wiping().verify(sofia, first.id, good)).issued).toHaveLength(2);
		const third = value(await wiping().record(nadia, item(c), reset(tool)));
		expect(third).toMatchObject({ standing: 'accepted', certificate: expect.stringMatching(/^EFF-2026-/) });
		expect(await wiping().notWiped(ids)).toEqual([d]);
		value(await wiping().record(nadia, item(d), reset(tool)));
		await room.platform.pool.query(
			`UPDATE equipment.collected_item SET state = 'ended', ended_as = 'reused', ended_on = '2026-11-24' WHERE id = $1`,
			[b],
		);
		const outcome = value(await wiping().verify(sofia, third.id, bad));
		// b and d rest on the same sample; a was verified itself.
		expect(outcome).toMatchObject({ reopened: 2, gone: 1 });
		expect(outcome.revoked).toHaveLength(3);
		expect((await wiping().notWiped(ids)).toSorted()).toEqual([b, c, d].toSorted());
		const looked = value(await wiping().certificates.look(third.certificate ?? '', null));
		expect(looked).toMatchObject({ state: 'revoked', revokedWhy: 'verification_failed' });
		// The next wipe of the series is a sample again, and one verified by itself is good.
		const again = value(await wiping().record(nadia, item(c), reset(tool)));
		expect(again.standing).toBe('to_verify');
		const doubted = value(await wiping().samples(sofia)).find((wipe) => wipe.subject.id === d);
		expect(doubted?.standing).toBe('reopened');
		expect(value(await wiping().verify(sofia, doubted?.id ?? '', good)).issued).toHaveLength(1);
		expect((await wiping().notWiped(ids)).toSorted()).toEqual([b, c].toSorted());
	});
});

/** The files that a PDF of ours carries, read as another program would: by name, from its objects. */
async function filesIn(pdf: Buffer): Promise<Record<string, Buffer>> {
	const text = pdf.toString('latin1');
	const files: Record<string, Buffer> = {};
	for (const [, name = '', object = ''] of text.matchAll(/\/F \(([\w.]+)\)\s*\/EF <<\s*\/F (\d+) 0 R/g)) {
		const start = text.indexOf(`\n${object} 0 obj`);
		const begin = text.indexOf('\nstream\n', start) + '\nstream\n'.length;
		const head = text.slice(start, begin);
		const length = Number(/\/Length (\d+)/.exec(head)?.[1]);
		const content = pdf.subarray(begin, begin + length);
		files[name] = head.includes('/FlateDecode') ? inflateSync(content) : content;
	}
	return files;
}

describe('a certificate', () => {
	async function certified() {
		const id = await givenItem(room);
		const wipe = value(await wiping().record(nadia, item(id), reset({ imei: '356938035643809' })));
		const [number = ''] = value(await wiping().verify(sofia, wipe.id, good)).issued;
		return { id, number };
	}

	it('is checked by anybody with the public key, and any change shows', async () => {
		const { number } = await certified();
		const { payload, signature, keyId } = value(await wiping().certificates.signed(nadia, number));
		const key = (await wiping().certificates.keys()).find(({ id }) => id === keyId);
		const publicKey = createPublicKey(key?.pem ?? '');
		const holds = (text: string) =>
			verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64'));
		expect(holds(payload)).toBe(true);
		expect(holds(payload.replace('SN12345678', 'SN12345679'))).toBe(false);
		expect(JSON.parse(payload)).toMatchObject({
			number,
			serial: 'SN12345678',
			imei: '356938035643809',
			kind: 'device',
		});
		for (const name of ['Nadia', 'Sofia', nadia.id, sofia.id]) expect(payload).not.toContain(name);
	});

	it('has one file for ever, whose hash the public page shows', async () => {
		const { number } = await certified();
		const [one, two] = await Promise.all([
			wiping().certificates.pdf(nadia, number),
			wiping().certificates.pdf(sofia, number),
		]);
		const { bytes } = value(one);
		expect(bytes.equals(value(two).bytes)).toBe(true);
		expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
		expect(bytes.includes('certificat.json')).toBe(true);
		const looked = value(await wiping().certificates.look(number.toLowerCase(), '192.0.2.1'));
		expect(looked.pdfSha256).toBe(createHash('sha256').update(bytes).digest('hex'));
		expect(looked).toMatchObject({
			state: 'valid',
			device: { serial: '••••••5678', media: [{ method: 'purge' }] },
		});
		expect(JSON.stringify(looked)).not.toContain('356938035643809');
	});

	it('carries what was signed, which openssl checks with the published key and nothing else', async () => {
		const { number } = await certified();
		const { bytes } = value(await wiping().certificates.pdf(nadia, number));
		const folder = await mkdtemp(join(tmpdir(), 'parvis-certificate-'));
		try {
			for (const [name, content] of Object.entries(await filesIn(bytes)))
				await writeFile(join(folder, name), content);
			const [key] = await wiping().certificates.keys();
			await writeFile(join(folder, 'cle.pem'), key?.pem ?? '');
			const command =
				'pkeyutl -verify -pubin -inkey cle.pem -rawin -in certificat.json -sigfile signature.bin';
			const check = () => spawnSync('openssl', command.split(' '), { cwd: folder, encoding: 'utf8' });
			expect(check()).toMatchObject({ status: 0, stdout: expect.stringContaining('Verified Successfully') });
			const said = await readFile(join(folder, 'certificat.json'), 'utf8');
			expect(JSON.parse(said)).toMatchObject({ number });
			await writeFile(join(folder, 'certificat.json'), said.replace('"purge"', '"destroy"'));
			expect(check().status).not.toBe(0);
		} finally {
			await rm(folder, { recursive: true });
		}
	});

	it('is a PDF for everybody: tagged, in French, with a title and a QR code that is described', async () => {
		const { number } = await certified();
		const { bytes } = value(await wiping().certificates.pdf(nadia, number));
		const { faults, tags } = await lookAtPdf(bytes);
		expect(faults).toEqual([]);
		expect(tags.find(({ type }) => type === 'Figure')?.alt).toContain(`/certificats/${number}`);
	});

	it('cannot be changed in the database', async () => {
		const { number } = await certified();
		const change = (set: string) =>
			room.platform.pool.query(`UPDATE equipment.certificate SET ${set} WHERE number = $1`, [number]);
		await expect(change(`payload = '{}'`)).rejects.toThrow('does not change');
		value(await wiping().certificates.revoke(sofia, number, { why: 'mistaken', note: 'Mauvais appareil.' }));
		await expect(change('revoked_at = NULL, revoked_why = NULL, revoked_note = NULL')).rejects.toThrow(
			'does not change',
		);
		await expect(room.platform.pool.query('DELETE FROM equipment.certificate')).rejects.toThrow();
	});

	it('revoked by hand holds the device back until it is wiped again', async () => {
		const { id, number } = await certified();
		expect(await wiping().certificates.revoke(nadia, number, { why: 'mistaken', note: 'x' })).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect(await wiping().certificates.revoke(sofia, number, { why: 'mistaken', note: '' })).toMatchObject({
			error: 'equipment.certificate_note_missing',
		});
		value(
			await wiping().certificates.revoke(sofia, number, {
				why: 'mistaken',
				note: 'Deux appareils ont été confondus.',
			}),
		);
		expect(await wiping().certificates.revoke(sofia, number, { why: 'mistaken', note: 'x' })).toMatchObject({
			error: 'equipment.certificate_revoked_already',
		});
		expect(await wiping().notWiped([id])).toEqual([id]);
		const again = value(await wiping().record(nadia, item(id), reset()));
		expect(value(await wiping().verify(sofia, again.id, good)).issued).toHaveLength(1);
		expect(await wiping().notWiped([id])).toEqual([]);
	});

	it('of a lot covers its devices, and says when one of them is revoked', async () => {
		const lotId = await givenLot(room);
		const numbers: string[] = [];
		for (let n = 0; n < 2; n++) {
			const id = await givenItem(room, { lotId });
			const wipe = value(await wiping().record(nadia, item(id), reset()));
			if (n === 0)
				expect(await wiping().certificates.issueLot(nadia, lotId)).toMatchObject({
					error: 'equipment.certificate_lot_incomplete',
				});
			numbers.push(...value(await wiping().verify(sofia, wipe.id, good)).issued);
		}
		await givenItem(room, { lotId, category: 'monitor', holdsData: false });
		expect(value(await wiping().certificates.lotsReady(nadia)).map(({ id }) => id)).toEqual([lotId]);
		const { number } = value(await wiping().certificates.issueLot(nadia, lotId));
		expect(await wiping().certificates.issueLot(nadia, lotId)).toMatchObject({
			error: 'equipment.certificate_lot_has_one',
		});
		expect(value(await wiping().certificates.look(number, null))).toMatchObject({
			state: 'valid',
			lot: { certificates: [{}, {}] },
		});
		value(
			await wiping().certificates.revoke(sofia, numbers[0] ?? '', { why: 'mistaken', note: 'Confondu.' }),
		);
		expect(value(await wiping().certificates.look(number, null)).state).toBe('partly_revoked');
		expect(value(await wiping().certificates.pdf(nadia, number)).bytes.length).toBeGreaterThan(10_000);
	});

	it('is looked up sixty times by one address, then later', async () => {
		const { number } = await certified();
		const looks = [];
		for (let n = 0; n < 61; n++) looks.push(await wiping().certificates.look(number, '198.51.100.7'));
		expect(looks.filter(({ ok }) => ok)).toHaveLength(60);
		expect(looks[60]).toMatchObject({ error: 'platform.too_many_requests' });
		expect(await wiping().certificates.look(number, '198.51.100.8')).toMatchObject({ ok: true });
		expect(await wiping().certificates.look(`${number.slice(0, -1)}_`, '198.51.100.8')).toMatchObject({
			error: 'equipment.certificate_mistyped',
		});
	});
});

describe('a device of the inventory', () => {
	it('leaves only wiped since its last use, and its history says so', async () => {
		const { rows } = await room.platform.pool.query(
			`INSERT INTO equipment.model (id, manufacturer, name, category, created_at)
			VALUES (gen_random_uuid(), 'Fairphone', 'Essai', 'smartphone', now()) RETURNING id`,
		);
		const { devices } = room.equipment.inventory;
		const { id } = value(
			await devices.create(sofia, {
				modelId: rows[0].id,
				status: 'in_stock',
				acquired: 'new',
				tag: 'ESSAI-1',
			}),
		);
		const holder = { name: 'Personne', email: 'personne@example.org' };
		value(await devices.assign(sofia, id, undefined, { holder }));
		const device: Subject = { kind: 'device', id };
		expect(await wiping().deviceMayLeave(id)).toMatchObject({ error: 'equipment.wipe_missing' });
		expect(await wiping().deviceMayChangeHands(id)).toMatchObject({
			error: 'equipment.wipe_missing_in_town',
		});
		expect(await devices.leave(sofia, id, undefined, { as: 'donated' })).toMatchObject({
			error: 'equipment.not_wiped',
		});
		const { version } = value(await devices.get(sofia, id));
		expect(await devices.edit(sofia, id, version, { status: 'left', leftAs: 'donated' })).toMatchObject({
			error: 'equipment.not_wiped',
		});
		room.clock.now = new Date(room.clock.now.getTime() + 86_400_000);
		const first = value(await wiping().record(nadia, device, reset()));
		value(await wiping().verify(sofia, first.id, good));
		expect((await wiping().deviceMayLeave(id)).ok).toBe(true);
		room.clock.now = new Date(room.clock.now.getTime() + 86_400_000);
		value(await devices.assign(sofia, id, undefined, { holder }));
		expect(await wiping().deviceMayLeave(id)).toMatchObject({ error: 'equipment.wipe_missing' });
		room.clock.now = new Date(room.clock.now.getTime() + 86_400_000);
		const second = value(await wiping().record(nadia, device, reset()));
		const [number] = value(await wiping().verify(sofia, second.id, good)).issued;
		expect(value(await devices.leave(sofia, id, undefined, { as: 'donated' })).status).toBe('left');
		const { rows: events } = await room.platform.pool.query(
			`SELECT detail FROM equipment.device_event WHERE device_id = $1 AND kind = 'wiped' ORDER BY at`,
			[id],
		);
		expect(events).toHaveLength(2);
		expect(events[1].detail).toEqual({ certificate: number });
	});
});

describe('an operator who is erased', () => {
	it('leaves the proofs, and no trace of who made them', async () => {
		const leaver = await room.person('Partante', 'equipment:collector');
		const id = await givenItem(room);
		const wipe = value(await wiping().record(leaver, item(id), reset({ note: 'Vitre fendue.' })));
		value(await wiping().verify(nadia, wipe.id, good));
		const sources = room.platform.personalData.all().filter((offer) => offer.room.startsWith('equipment'));
		const exported = await Promise.all(sources.map(({ source }) => source.export(leaver.id)));
		expect(JSON.stringify(exported)).toContain('Vitre fendue.');
		await room.platform
			.db<unknown>()
			.transaction()
			.execute(async (trx) => {
				for (const { source } of sources) await source.erase(trx, leaver.id);
			});
		const { rows } = await room.platform.pool.query(
			'SELECT FROM equipment.wipe_series WHERE operator_id = $1 UNION ALL SELECT FROM equipment.wipe_verification WHERE verifier_id = $1',
			[leaver.id],
		);
		expect(rows).toEqual([]);
		expect(await wiping().notWiped([id])).toEqual([]);
	});
});

describe('the demonstration', () => {
	it('wipes and certifies what has left, and is harmless when repeated', async () => {
		const town = await createTestEquipment({ PARVIS_DEMO: 'true' });
		try {
			const { equipment, platform } = town;
			await town.identity.ensureDemoAccounts();
			const lot = await givenLot(town);
			const gone = await Promise.all([0, 1, 2].map(() => givenItem(town, { lotId: lot })));
			const here = await Promise.all(
				[0, 1, 2, 3, 4, 5].map((n) => givenItem(town, { category: n % 2 ? 'laptop' : 'printer' })),
			);
			await platform.pool.query(
				'UPDATE equipment.collected_item SET simulated = true; UPDATE equipment.lot SET simulated = true',
			);
			await platform.pool.query(
				`UPDATE equipment.collected_item SET state = 'handed_over', received_at = '2026-05-04T08:00Z' WHERE id = ANY ($1)`,
				[gone],
			);
			await platform.pool.query(
				`UPDATE equipment.lot SET status = 'handed_over', handed_over_at = '2026-05-20T08:00Z', slip_sha256 = ''`,
			);
			const context = { ...town.context };
			await fillDemo(context);
			const count = async () =>
				(await platform.pool.query('SELECT count(*)::int AS n FROM equipment.wipe')).rows[0].n;
			const wipes = await count();
			await fillDemo(context);
			expect(await count()).toBe(wipes);
			expect(await equipment.wiping.notWiped(gone)).toEqual([]);
			expect((await equipment.wiping.notWiped(here)).length).toBeGreaterThan(0);
			expect(
				value(await equipment.wiping.certificates.list(sofia, {})).items.every(({ simulated }) => simulated),
			).toBe(true);
		} finally {
			await town.close();
		}
	});
});

describe('who may', () => {
	it('asks with rubbish and gets nothing', async () => {
		for (const search of ['\0', "%'; --\0", 'é'.repeat(500)]) {
			expect(value(await wiping().waiting(sofia, { search: `${search}x` })).total).toBe(0);
			expect(value(await wiping().certificates.list(sofia, { search: `${search}x` })).total).toBe(0);
			expect(value(await wiping().find(sofia, search))).toBeNull();
			expect(await wiping().certificates.look(search, null)).toMatchObject({
				error: 'equipment.certificate_mistyped',
			});
		}
	});

	it('is who collects; settings and revocations are the IT officer’s', async () => {
		const id = await givenItem(room);
		const key = { ...anonymous, kind: 'key' as const, id: nadia.id, scopes: ['equipment:write'] };
		const wipe = value(await wiping().record(nadia, item(id), reset()));
		for (const actor of [anonymous, resident, await room.person('Julien', 'equipment:agent')]) {
			for (const result of [
				await wiping().record(actor, item(id), reset()),
				await wiping().verify(actor, wipe.id, good),
				await wiping().waiting(actor),
				await wiping().subject(actor, item(id)),
				await wiping().samples(actor),
				await wiping().settings(actor),
				await wiping().certificates.list(actor),
				await wiping().certificates.lotsReady(actor),
				await wiping().certificates.issueLot(actor, id),
				await wiping().certificates.pdf(actor, 'EFF'),
				await wiping().certificates.signed(actor, 'EFF'),
			])
				expect(result).toMatchObject({ error: 'platform.not_allowed' });
		}
		expect(await wiping().saveSettings(nadia, { samplePercent: 20 })).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect(await wiping().saveSettings(sofia, { samplePercent: 101 })).toMatchObject({
			error: 'equipment.wipe_share_invalid',
		});
		expect(await wiping().record(key, item(id), reset())).toMatchObject({
			error: 'equipment.wipe_needs_person',
		});
		expect(await wiping().verify(key, wipe.id, good)).toMatchObject({ error: 'equipment.wipe_needs_person' });
	});
});

describe('whatever is done', () => {
	it('nothing leaves whose last wipe nobody vouches for', async () => {
		const actions = fc.array(
			fc.record({
				act: fc.constantFrom('wipe', 'weak', 'fail', 'pass', 'refute', 'hand over'),
				item: fc.nat(3),
				who: fc.boolean(),
			}),
			{ minLength: 4, maxLength: 18 },
		);
		await fc.assert(
			fc.asyncProperty(actions, async (sequence) => {
				const tool = { tool: `Suite ${++tools}`, toolVersion: '1' };
				const items = await Promise.all([0, 1, 2, 3].map(() => givenItem(room)));
				const log: { item: string; id: string; by: string; verdict: boolean | null; done: boolean }[] = [];
				for (const { act, item: n, who } of sequence) {
					const id = items[n] ?? '';
					const [actor, other] = who ? [nadia, sofia] : [sofia, nadia];
					if (act === 'wipe' || act === 'weak' || act === 'fail') {
						const given = reset({
							...tool,
							...(act === 'weak' && { encrypted: false }),
							...(act === 'fail' && { result: 'failed' }),
						});
						const recorded = await wiping().record(actor, item(id), given);
						if (act === 'weak') expect(recorded.ok).toBe(false);
						if (recorded.ok)
							log.push({
								item: id,
								id: recorded.value.id,
								by: actor.id,
								verdict: null,
								done: act === 'wipe',
							});
					} else if (act === 'pass' || act === 'refute') {
						const entry = log.findLast((one) => one.item === id && one.done);
						if (!entry) continue;
						const verified = await wiping().verify(other, entry.id, act === 'pass' ? good : bad);
						if (entry.by === other.id) expect(verified.ok).toBe(false);
						if (verified.ok) entry.verdict = act === 'pass';
					} else {
						const held = await wiping().notWiped([id]);
						if (held.length) continue;
						const last = log.findLast((one) => one.item === id);
						// Its last wipe succeeded, was never refuted, and somebody else verified it or one of the same hand and tool.
						expect(last?.done).toBe(true);
						expect(last?.verdict).not.toBe(false);
						expect(last?.verdict || log.some((one) => one.by === last?.by && one.verdict)).toBe(true);
						const from = log.findLastIndex((one) => one.by === last?.by && one.verdict === true);
						expect(
							last?.verdict || !log.slice(from).some((one) => one.by === last?.by && one.verdict === false),
						).toBe(true);
					}
				}
			}),
			{ numRuns: 25 },
		);
	}, 120_000);
});

import { type Actor, newId } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context, Trx } from '../context.ts';
import { townDay } from '../days.ts';
import { changeDevice } from '../inventory/changing.ts';
import { type Canonical, canonicalJson } from './rules/canonical.ts';
import { certificateNumber } from './rules/number.ts';
import { createSigning } from './signing.ts';
import type { SubjectRow } from './subjects.ts';

/** Named in every payload; another one when its meaning changes. */
export const payloadFormat = 'parvis-effacement-1';
export const standard = 'NIST SP 800-88 Rev. 2';

interface Covered {
	id: string;
	slot: string;
	medium: string;
	technique: string;
	method: string;
	tool: string;
	tool_version: string;
	ended_at: Date;
	serial: string | null;
	imei: string | null;
	medium_serial: string | null;
	standing: string;
}

/** What a certificate says of a thing and its storages. */
export function deviceContent(
	subject: Pick<SubjectRow, 'reference' | 'category' | 'model' | 'serial'>,
	wipes: readonly Omit<Covered, 'id'>[],
): Issuing['content'] {
	return {
		reference: subject.reference,
		category: subject.category,
		model: subject.model,
		serial: wipes.find((wipe) => wipe.serial)?.serial ?? subject.serial,
		imei: wipes.find((wipe) => wipe.imei)?.imei ?? null,
		media: wipes.map((wipe) => ({
			slot: wipe.slot,
			medium: wipe.medium,
			technique: wipe.technique,
			method: wipe.medium === 'none' ? 'none' : wipe.method,
			tool: [wipe.tool, wipe.tool_version].filter(Boolean).join(' '),
			serial: wipe.medium_serial,
			ended: townDay(wipe.ended_at),
			verified: wipe.standing === 'verified' ? 'itself' : 'by_sample',
		})),
	};
}

/**
 * Issue the certificate of a thing whose storages are all wiped as asked, unless a valid one covers the same wipes.
 * @returns its number, or null when there is nothing to certify
 */
export async function issueFor(
	context: Context,
	trx: Trx,
	actor: Actor,
	subject: SubjectRow & { leaving: boolean },
): Promise<string | null> {
	const { item_id, device_id } = subject;
	await sql`SELECT pg_advisory_xact_lock(hashtextextended(${item_id ?? device_id}, 6089))`.execute(trx);
	const { rows: good } = await sql<{ good: boolean }>`
		SELECT equipment.is_wiped(${item_id}::uuid, ${device_id}::uuid, ${subject.leaving}) AS good`.execute(trx);
	if (!good[0]?.good) return null;
	const { rows: wipes } = await sql<Covered>`
		SELECT wipe.id, wipe.slot, wipe.medium, wipe.technique, wipe.method, series.tool, series.tool_version, wipe.ended_at,
			wipe.serial, wipe.imei, wipe.medium_serial, latest.standing
		FROM equipment.latest_wipes(${item_id}::uuid, ${device_id}::uuid) latest
		JOIN equipment.wipe ON wipe.id = latest.wipe_id JOIN equipment.wipe_series series ON series.id = series_id
		ORDER BY wipe.sequence`.execute(trx);
	const ids = wipes.map(({ id }) => id).sort();
	const { rows: known } = await sql`
		SELECT FROM equipment.certificate JOIN equipment.certificate_wipe covers ON covers.certificate_id = certificate.id
		WHERE kind = 'device' AND revoked_at IS NULL
			AND certificate.id IN (SELECT certificate_id FROM equipment.certificate_wipe WHERE wipe_id = ANY (${ids}::uuid[]))
		GROUP BY certificate.id HAVING array_agg(covers.wipe_id ORDER BY covers.wipe_id) = ${ids}::uuid[]`.execute(
		trx,
	);
	if (known.length) return null;
	const number = await issue(context, trx, actor, {
		kind: 'device',
		item_id,
		device_id,
		lot_id: null,
		simulated: subject.simulated,
		wipes: ids,
		content: deviceContent(subject, wipes),
	});
	if (device_id) {
		const told = await changeDevice(
			context,
			trx,
			actor,
			device_id,
			{},
			{ kind: 'wiped', detail: { certificate: number } },
		);
		if (!told.ok) throw new Error(`the history of a device refused its wipe: ${told.error}`);
	}
	return number;
}

export interface Issuing {
	kind: 'device' | 'lot';
	item_id: string | null;
	device_id: string | null;
	lot_id: string | null;
	simulated: boolean;
	wipes: readonly string[];
	content: { readonly [key: string]: Canonical };
}

/** Number, sign and keep a certificate. */
export async function issue(context: Context, trx: Trx, actor: Actor, what: Issuing): Promise<string> {
	const [made] = await keepCertificates(context, trx, [{ ...what, at: context.now() }]);
	if (!made) throw new Error('a certificate was not kept');
	const { id, number } = made;
	await context.platform.audit.record(trx, {
		actor,
		action: 'equipment.certificate.issued',
		subject: `certificate:${number}`,
	});
	await context.platform.events.publish(trx, 'equipment.certificate.issued', { certificateId: id, number });
	return number;
}

/** Number, sign and keep certificates, in their order, without telling anybody. */
export async function keepCertificates(
	context: Context,
	trx: Trx,
	all: readonly (Issuing & { at: Date })[],
): Promise<{ id: string; number: string }[]> {
	const signing = createSigning(context);
	const key = await signing.keyId(trx);
	const town = (await context.town.settings.get()).name;
	const next = new Map<number, number>();
	for (const [year, of] of Map.groupBy(all, ({ at }) => Number(townDay(at).slice(0, 4)))) {
		const { rows } = await sql<{ last: number }>`
			INSERT INTO equipment.certificate_counter (year, last) VALUES (${year}, ${of.length})
			ON CONFLICT (year) DO UPDATE SET last = certificate_counter.last + excluded.last RETURNING last`.execute(
			trx,
		);
		next.set(year, (rows[0]?.last ?? of.length) - of.length + 1);
	}
	const rows = all.map(({ wipes, content, at, ...what }) => {
		const issued = townDay(at);
		const year = Number(issued.slice(0, 4));
		const rank = next.get(year) ?? 0;
		next.set(year, rank + 1);
		const number = certificateNumber(year, rank);
		const { kind, simulated } = what;
		const said = { format: payloadFormat, number, kind, town, issued, standard, simulated, key };
		const payload = canonicalJson({ ...content, ...said });
		const certificate = {
			...what,
			id: newId(),
			number,
			issued_at: at,
			payload,
			key_id: key,
			signature: signing.sign(payload),
		};
		return { certificate, wipes };
	});
	if (!rows.length) return [];
	await trx
		.insertInto('equipment.certificate')
		.values(rows.map(({ certificate }) => certificate))
		.execute();
	await trx
		.insertInto('equipment.certificate_wipe')
		.values(
			rows.flatMap(({ certificate, wipes }) =>
				wipes.map((wipe_id) => ({ certificate_id: certificate.id, wipe_id })),
			),
		)
		.execute();
	return rows.map(({ certificate: { id, number } }) => ({ id, number }));
}

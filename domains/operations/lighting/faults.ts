import { newId, system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Interventions } from '../interventions/face.ts';
import type { Controller } from './control/controller.ts';
import { faultsOf, type NewFault } from './rules/faults.ts';

export interface FaultDesk {
	/** Open what is newly at fault, close what is back. */
	settle(controller: Controller): Promise<void>;
}

/** Others of the same cabinet fail within moments: it is waited for them. */
const gatherMilliseconds = 20_000;

/**
 * Opens one intervention for each fault, closes the fault when the lamp is back and says so in the intervention: whoever
 * is on it decides whether there is still something to do.
 */
export function createFaultDesk(
	context: Context,
	interventions: Pick<Interventions, 'open' | 'act'>,
): FaultDesk {
	const { db } = context;

	async function openFaults(controller: Controller): Promise<void> {
		const { installation, failedAt, faults } = controller;
		const now = context.now().getTime();
		const open = await db
			.selectFrom('operations.light_fault')
			.select(['luminaire_id', 'cabinet_id'])
			.where('closed_at', 'is', null)
			.execute();
		const luminaires = new Set(open.map((row) => row.luminaire_id));
		const cabinets = new Set(open.map((row) => row.cabinet_id));
		const totals = new Map<string, number>();
		for (const { cabinetId } of installation.lamps)
			if (cabinetId) totals.set(cabinetId, (totals.get(cabinetId) ?? 0) + 1);
		const failed = installation.lamps.flatMap(({ id, cabinetId }, index) => {
			const fault = faults[index] ?? null;
			const since = failedAt[index] ?? Number.NaN;
			const silent = !Number.isNaN(since) && now - since >= gatherMilliseconds;
			if (luminaires.has(id) || (cabinetId && cabinets.has(cabinetId)) || (!silent && !fault)) return [];
			return [
				{ id, cabinetId, kind: silent ? ('no_answer' as const) : ('reported' as const), detail: fault },
			];
		});
		if (failed.length === 0) return;
		const found = faultsOf(failed, totals);
		await db
			.insertInto('operations.light_fault')
			.values(
				found.map((fault) => ({
					id: newId(),
					luminaire_id: fault.subject === 'luminaire' ? fault.id : null,
					cabinet_id: fault.subject === 'cabinet' ? fault.cabinetId : null,
					kind: fault.subject === 'cabinet' ? ('cabinet' as const) : fault.kind,
					detail: detailOf(fault),
					opened_at: context.now(),
				})),
			)
			.onConflict((conflict) => conflict.doNothing())
			.execute();
	}

	/** Also those that a crash left between the fault and its intervention. */
	async function tellFaults(): Promise<void> {
		const { rows } = await sql<{
			id: string;
			kind: string;
			detail: string | null;
			lamp: string | null;
			street: string | null;
			cabinet: string | null;
			longitude: number | null;
			latitude: number | null;
		}>`
			SELECT fault.id, fault.kind, fault.detail, lamp.external_id AS lamp, segment.street_name AS street,
				cabinet.name AS cabinet, coalesce(lamp.longitude, cabinet.longitude) AS longitude,
				coalesce(lamp.latitude, cabinet.latitude) AS latitude
			FROM operations.light_fault fault
			LEFT JOIN operations.luminaire lamp ON lamp.id = fault.luminaire_id
			LEFT JOIN operations.light_segment segment ON segment.id = lamp.segment_id
			LEFT JOIN operations.light_cabinet cabinet ON cabinet.id = fault.cabinet_id
			WHERE fault.closed_at IS NULL AND fault.intervention_id IS NULL
			ORDER BY fault.opened_at LIMIT 50`.execute(db);
		for (const row of rows) {
			if (row.longitude === null || row.latitude === null) continue;
			const whole = row.kind === 'cabinet';
			const opened = await interventions.open(system, {
				source: { kind: 'lighting', key: row.id },
				category: whole ? 'lighting-fault' : 'lamp-out',
				title: whole ? `${row.cabinet} : l’éclairage ne répond plus` : `Lampe ${row.lamp}, ${row.street}`,
				description: whole
					? `${row.detail} luminaires de cette armoire ne répondent plus.`
					: row.kind === 'reported'
						? `La lampe signale : ${row.detail}.`
						: 'La lampe ne répond plus aux consignes ; elle est à son niveau de repli.',
				longitude: row.longitude,
				latitude: row.latitude,
			});
			if (!opened.ok) {
				context.platform.log.error({ error: opened.error }, 'lighting: no intervention for a fault');
				continue;
			}
			await db
				.updateTable('operations.light_fault')
				.set({ intervention_id: opened.value.id })
				.where('id', '=', row.id)
				.execute();
		}
	}

	async function closeFaults(controller: Controller): Promise<void> {
		const { installation, failedAt, faults } = controller;
		const well = (index: number) => Number.isNaN(failedAt[index] ?? Number.NaN) && !faults[index];
		const luminaires = installation.lamps.flatMap(({ id }, index) => (well(index) ? [id] : []));
		const silent = new Map<string, { all: number; failed: number }>();
		for (const [index, { cabinetId }] of installation.lamps.entries()) {
			if (!cabinetId) continue;
			const sum = silent.get(cabinetId) ?? { all: 0, failed: 0 };
			sum.all++;
			if (!Number.isNaN(failedAt[index] ?? Number.NaN)) sum.failed++;
			silent.set(cabinetId, sum);
		}
		const cabinets = [...silent].flatMap(([id, { all, failed }]) => (failed * 2 < all ? [id] : []));
		const { rows } = await sql<{ interventionId: string | null }>`
			UPDATE operations.light_fault SET closed_at = ${context.now()}
			WHERE closed_at IS NULL AND (luminaire_id = ANY(${luminaires}::uuid[]) OR cabinet_id = ANY(${cabinets}::uuid[]))
			RETURNING intervention_id AS "interventionId"`.execute(db);
		for (const { interventionId } of rows) if (interventionId) await sayBack(interventionId);
	}

	async function sayBack(interventionId: string): Promise<void> {
		await interventions.act(system, {
			id: newId(),
			interventionId,
			kind: 'note',
			at: context.now(),
			text: 'L’éclairage répond de nouveau.',
		});
	}

	return {
		async settle(controller) {
			await closeFaults(controller);
			await openFaults(controller);
			await tellFaults();
		},
	};
}

const detailOf = (fault: NewFault) =>
	fault.subject === 'cabinet' ? String(fault.luminaireCount) : fault.detail;

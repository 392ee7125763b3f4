import { type Actor, newId, type Result, system } from '@parvis/platform';
import { changeDevice, createDevice, type NewDevice } from '../inventory/changing.ts';
import { findOrCreateHolder } from '../inventory/holders.ts';
import type { Category } from '../kinds.ts';
import type { TestEquipment } from '../testing.ts';

/** The value of what a test expects to work. */
export function value<T>(result: Result<T>): T {
	if (!result.ok) throw new Error(`${result.error} ${JSON.stringify(result.detail ?? {})}`);
	return result.value;
}

/** A policy in force since 2026-01-01, the usual one. */
export async function voteUsualPolicy(made: Pick<TestEquipment, 'equipment'>): Promise<number> {
	const { versions } = made.equipment.policy;
	const { id } = value(await versions.draft(system));
	const { number } = value(
		await versions.vote(system, id, {
			votedOn: '2025-12-15',
			inForceFrom: '2026-01-01',
			deliberationNumber: '2025-112',
		}),
	);
	return number;
}

export async function addModel(
	{ context }: Pick<TestEquipment, 'context'>,
	category: Category,
	more: { name?: string; supportedUntil?: string } = {},
): Promise<string> {
	const id = newId();
	await context.db
		.insertInto('equipment.model')
		.values({
			id,
			manufacturer: 'Essai',
			name: more.name ?? `${category} ${id.slice(-6)}`,
			category,
			supported_until: more.supportedUntil ?? null,
			created_at: context.now(),
		})
		.execute();
	return id;
}

/** A device in stock, or in the hands of somebody. */
export async function addDevice(
	{ context }: Pick<TestEquipment, 'context'>,
	fields: Omit<NewDevice, 'source' | 'at'>,
	holder?: Actor & { id: string },
): Promise<{ id: string; tag: string }> {
	return context.db.transaction().execute(async (trx) => {
		const made = value(await createDevice(context, trx, system, fields, { kind: 'created' }));
		if (holder) {
			const holderId = await findOrCreateHolder(trx, { name: holder.displayName, personId: holder.id });
			value(
				await changeDevice(
					context,
					trx,
					system,
					made.id,
					{ status: 'in_use', holderId, ...(fields.inUseOn && { inUseOn: fields.inUseOn }) },
					{ kind: 'assigned' },
				),
			);
		}
		return made;
	});
}

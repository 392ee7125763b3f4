import { newId, type Result } from '@parvis/platform';
import { createTestEquipment, type TestEquipment } from '../testing.ts';
import { createAnswering } from './answering.ts';
import { createLots } from './lots.ts';
import { receiptNumber } from './rules/receipt-number.ts';

export async function value<T>(result: Promise<Result<T>> | Result<T>): Promise<T> {
	const outcome = await result;
	if (!outcome.ok) throw new Error(`${outcome.error} ${JSON.stringify(outcome.detail ?? {})}`);
	return outcome.value;
}

export const errorOf = async (result: Promise<Result<unknown>>): Promise<string> => {
	const outcome = await result;
	return outcome.ok ? 'accepted' : outcome.error;
};

/** Where the drop-off points of tests are. */
export const there = { longitude: 2.2136, latitude: 46.7421 };

/** A room with an IT officer, a collector, and a gate for lots whose wiped items the test chooses. */
export async function createTestCollection() {
	const town: TestEquipment = await createTestEquipment();
	const [manager, collector, resident] = await Promise.all([
		town.person('Sofia', 'equipment:manager'),
		town.person('Nadia', 'equipment:collector'),
		town.person('Camille'),
	]);
	/** Items that may still hold data. */
	const unwiped = new Set<string>();
	const gate = { notWiped: async (ids: readonly string[]) => ids.filter((id) => unwiped.has(id)) };
	const { collection } = town.equipment;
	const lots = createLots(town.context, gate, createAnswering(town.context));

	const campaign = async (more: object = {}) => {
		const { slug } = await value(
			collection.campaigns.save(manager, {
				title: 'Nos tiroirs débordent',
				why: 'Pour que ce qui dort serve.',
				audience: 'residents',
				taken: ['smartphone', 'laptop'],
				startsOn: '2026-11-20',
				endsOn: '2026-11-30',
				...more,
			}),
		);
		const point = await value(
			collection.campaigns.addPoint(manager, slug, { name: 'Marché', address: '', ...there }),
		);
		return { slug, pointId: point.id };
	};
	const phones = new Map<string, { prefix: string; count: number }>();
	/** What a phone sends of a receipt, with its own next number. */
	async function receiptOn(deviceId: string, more: Record<string, unknown> = {}) {
		let phone = phones.get(deviceId);
		if (!phone) {
			const { day } = await value(collection.desk.day(collector, deviceId));
			phone = { prefix: day.prefix, count: day.used };
			phones.set(deviceId, phone);
		}
		return {
			id: newId(),
			on: 'receipt',
			at: town.clock.now.toISOString(),
			number: receiptNumber(phone.prefix, phone.count++),
			code: 'ABCDEFGHJK',
			lines: [{ id: newId(), category: 'smartphone', condition: 'works' }],
			...more,
		};
	}
	const sync = (deviceId: string, actions: readonly unknown[], actor = collector) =>
		collection.desk.sync(actor, {
			personId: actor.id,
			deviceId,
			sentAt: town.clock.now.toISOString(),
			actions,
		});
	/** Devices that were brought, by number. */
	async function brought(categories: readonly string[]): Promise<string[]> {
		const { items } = await value(
			collection.desk.receive(collector, {
				lines: categories.map((category) => ({ category: category as 'smartphone' })),
			}),
		);
		return items;
	}
	/** A partner, and a lot for it that holds what was brought. */
	async function lotWith(numbers: readonly string[]): Promise<string> {
		const partner = await value(
			collection.partners.save(manager, {
				name: `Atelier ${newId()}`,
				kind: 'reuse_workshop',
				email: 'atelier@example.org',
			}),
		);
		const { number } = await value(lots.create(collector, { partnerId: partner.id }));
		if (numbers.length) await value(lots.add(collector, number, numbers));
		return number;
	}
	const letters = async (to?: string) =>
		(await town.platform.mail.list({ limit: 500 })).filter((letter) => !to || letter.to === to);
	return {
		...town,
		collection,
		lots,
		manager,
		collector,
		resident,
		unwiped,
		campaign,
		receiptOn,
		sync,
		brought,
		lotWith,
		letters,
	};
}

export const drawn = [
	[
		[0.1, 0.5],
		[0.2, 0.3],
		[0.3, 0.6],
		[0.4, 0.4],
		[0.5, 0.6],
		[0.6, 0.3],
		[0.7, 0.5],
		[0.8, 0.4],
	],
];

export const signing = {
	town: { name: 'Nadia Benali', role: 'agente de collecte', strokes: drawn },
	partner: { name: 'Luc Martin', role: 'responsable de l’atelier', strokes: JSON.stringify(drawn) },
};

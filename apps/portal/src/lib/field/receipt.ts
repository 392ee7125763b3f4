import { codeOf, randomCode, withCheck } from '@parvis/spoken-codes';
import { newActionId } from './id.ts';
import { tellPages } from './outbox.ts';
import type { KeptAction, Store } from './store.ts';

/** One line of a receipt, as the desk fills it. */
export interface DeskLine {
	category: string;
	condition: string;
	holdsData: boolean;
	quantity: number;
	description: string;
	weightGrams: number | null;
	tag: string;
	photos: Blob[];
}

/** What is sent of a receipt. */
export interface ReceiptBody {
	on: 'receipt';
	number: string;
	code: string;
	campaignId: string | null;
	pointId: string | null;
	lines: readonly (Omit<DeskLine, 'photos'> & { id: string })[];
	giver: { name: string; email: string; locale: string } | null;
}

/** A receipt as it is shown and printed on the phone. It names nobody. */
export interface DeskReceipt {
	id: string;
	number: string;
	code: string;
	/** ISO 8601, by the phone's clock. */
	at: string;
	lines: { category: string; condition: string; quantity: number }[];
}

/** As the town's own rules have it: three characters of the phone's share, three of its count, one to check them. */
const countLength = 3;
const codeLength = 10;
const keptDays = 3;

export class NoNumberLeft extends Error {}

/**
 * Give a receipt its number and keep it with its photos, all or nothing: once this resolves it survives the page, the
 * browser and the battery, and no other page of this phone gives the same number.
 * @throws QuotaExceededError when the phone is full, `NoNumberLeft` when it has no share of numbers; then nothing was kept
 */
export async function keepReceipt(
	store: Store,
	person: { id: string; name: string },
	given: {
		lines: readonly DeskLine[];
		campaignId: string | null;
		pointId: string | null;
		giver: ReceiptBody['giver'];
	},
	labelOf: (number: string) => string,
	now = Date.now(),
): Promise<{ action: KeptAction; receipt: DeskReceipt }> {
	const write = store.transaction(['actions', 'photos', 'facts'], 'readwrite', { durability: 'strict' });
	const facts = write.objectStore('facts');
	const desk = (await facts.get('desk')) as { prefix: string; count: number } | undefined;
	const count = desk ? codeOf(desk.count, countLength) : '';
	if (!desk || count.length > countLength) {
		write.abort();
		await write.done.catch(() => {});
		throw new NoNumberLeft();
	}
	const plain = withCheck(desk.prefix + count);
	const number = `${plain.slice(0, 3)}-${plain.slice(3, 6)}-${plain.slice(6)}`;
	const code = randomCode(codeLength, (bytes) => crypto.getRandomValues(new Uint8Array(bytes)));
	const at = new Date(now).toISOString();
	const lines = given.lines.map((line) => ({ id: newActionId(now), line }));
	const action: KeptAction = {
		id: newActionId(now),
		personId: person.id,
		personName: person.name,
		at,
		body: {
			on: 'receipt',
			number,
			code,
			campaignId: given.campaignId,
			pointId: given.pointId,
			lines: lines.map(({ id, line: { photos: _, ...line } }) => ({ id, ...line })),
			giver: given.giver,
		},
		label: labelOf(number),
		state: 'waiting',
	};
	const receipt: DeskReceipt = {
		id: action.id,
		number,
		code,
		at,
		lines: given.lines.map(({ category, condition, quantity }) => ({ category, condition, quantity })),
	};
	const former = ((await facts.get('receipts')) as DeskReceipt[] | undefined) ?? [];
	const recent = former.filter((one) => now - Date.parse(one.at) < keptDays * 86_400_000);
	await Promise.all([
		facts.put({ ...desk, count: desk.count + 1 }, 'desk'),
		facts.put([receipt, ...recent], 'receipts'),
		write.objectStore('actions').add(action),
		...lines.flatMap(({ id: lineId, line }) =>
			line.photos.map((content) =>
				write.objectStore('photos').add({
					id: newActionId(now),
					actionId: action.id,
					personId: person.id,
					lineId,
					content,
					state: 'waiting',
				}),
			),
		),
		write.done,
	]);
	tellPages(store);
	return { action, receipt };
}

/** The share that the town gave: its count never goes back, whoever remembers more. */
export async function takeShare(store: Store, prefix: string, used: number): Promise<void> {
	const write = store.transaction('facts', 'readwrite');
	const desk = (await write.store.get('desk')) as { prefix: string; count: number } | undefined;
	await write.store.put(
		{ prefix, count: desk?.prefix === prefix ? Math.max(desk.count, used) : used },
		'desk',
	);
	await write.done;
}

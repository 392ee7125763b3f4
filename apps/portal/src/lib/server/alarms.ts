import type { Alarm, AlarmFilter } from '@parvis/sensing';
import { createFormat } from '#lib/format.ts';

/** An alarm with the names and words that its page shows. */
export interface AlarmItem extends Alarm {
	/** `CO₂ : 1 840 ppm` */
	measured: string | null;
	acknowledgedByName: string | null;
	clearedByName: string | null;
}

export interface AlarmPage {
	items: AlarmItem[];
	total: number;
	page: number;
	pageSize: number;
}

/** Alarms for those who handle them; none for others. */
export async function readAlarms(locals: App.Locals, filter: AlarmFilter): Promise<AlarmPage> {
	const { sensing, identity } = locals.rooms;
	const empty = { items: [], total: 0, page: 1, pageSize: 50 };
	if (!sensing.may.handleAlarms(locals.actor)) return empty;
	const found = await sensing.alarms.list(locals.actor, filter);
	if (!found.ok) return empty;
	const names = await identity.people.names(
		found.value.items.flatMap(({ acknowledgedBy, clearedBy }) =>
			[acknowledgedBy ?? [], clearedBy ?? []].flat(),
		),
	);
	const format = createFormat(locals.locale);
	return {
		...found.value,
		items: found.value.items.map((alarm) => {
			const words = alarm.property ? sensing.words.describe(alarm.property) : null;
			const symbol = alarm.unit ? sensing.words.unitSymbol(alarm.unit) : '';
			return {
				...alarm,
				measured:
					words && alarm.value !== null
						? `${words[locals.locale]} : ${format.number(alarm.value, words.decimals)} ${symbol}`.trim()
						: (words?.[locals.locale] ?? null),
				acknowledgedByName: alarm.acknowledgedBy ? (names.get(alarm.acknowledgedBy) ?? null) : null,
				clearedByName: alarm.clearedBy ? (names.get(alarm.clearedBy) ?? null) : null,
			};
		}),
	};
}

import type { AlarmRuleInput } from '@parvis/sensing';
import { optional, optionalNumber, type Typed } from './forms.ts';
import { expect } from './pages.ts';

const seconds = (minutes: string | undefined) => Math.round((optionalNumber(minutes) ?? 0) * 60);

/** An alarm rule's form as the room takes it. */
export function ruleInput(data: FormData, typed: Typed): AlarmRuleInput {
	const days = data.getAll('days').map(Number);
	return {
		name: typed.name ?? '',
		typeId: optional(typed.typeId),
		deviceId: optional(typed.deviceId),
		placeId: optional(typed.placeId),
		property: typed.kind === 'silence' ? null : optional(typed.property),
		condition: conditionOf(typed),
		schedule: days.length ? { days, from: typed.from || '00:00', to: typed.to || '24:00' } : null,
		severity: typed.severity as AlarmRuleInput['severity'],
		recipients: (typed.recipients ?? '').split(/[\s,;]+/).filter(Boolean),
		public: typed.public === 'on',
		enabled: typed.enabled === 'on',
	};
}

function conditionOf(typed: Typed): AlarmRuleInput['condition'] {
	const value = optionalNumber(typed.threshold) ?? Number.NaN;
	const durationSeconds = seconds(typed.durationMinutes);
	if (typed.kind === 'silence') return { kind: 'silence', intervals: optionalNumber(typed.threshold) ?? 3 };
	if (typed.kind === 'rate') return { kind: 'rate', perHour: value, durationSeconds };
	return {
		kind: typed.kind === 'below' ? 'below' : 'above',
		threshold: value,
		hysteresis: optionalNumber(typed.hysteresis) ?? 0,
		durationSeconds,
	};
}

/** What the rule forms offer to choose from. */
export async function ruleChoices(locals: App.Locals) {
	const { sensing, town } = locals.rooms;
	const [types, places] = await Promise.all([
		sensing.types.list(locals.actor),
		town.places.list({ pageSize: 1000 }),
	]);
	return {
		types: expect(types).map(({ id, name }) => ({ value: id, label: name })),
		places: places.items.map(({ id, name }) => ({ value: id, label: name })),
		properties: sensing.words.properties
			.map((property) => ({
				value: property.name,
				label: `${property[locals.locale]} (${sensing.words.unitSymbol(property.unit) || '–'})`,
			}))
			.sort((a, b) => a.label.localeCompare(b.label, locals.locale)),
	};
}

import type { DeviceInput, Visibility } from '@parvis/sensing';
import type { Typed } from './forms.ts';
import { optional, optionalNumber } from './forms.ts';
import { expect } from './pages.ts';

/** What the device forms offer to choose from. */
export async function deviceChoices(locals: App.Locals) {
	const { sensing, town } = locals.rooms;
	const [types, services, places] = await Promise.all([
		sensing.types.list(locals.actor),
		sensing.devices.services(locals.actor),
		town.places.list({ pageSize: 1000 }),
	]);
	return {
		types: expect(types).map(({ id, name, vendor, model }) => ({ id, name: `${name} (${vendor} ${model})` })),
		services: expect(services),
		places: places.items.map(({ id, name }) => ({ id, name })),
	};
}

/** A device form as the room takes it; the room says what does not hold. */
export function deviceInput(typed: Typed): DeviceInput {
	return {
		name: typed.name ?? '',
		typeId: typed.typeId ?? '',
		devEui: optional(typed.devEui),
		externalId: optional(typed.externalId),
		placeId: optional(typed.placeId),
		longitude: optionalNumber(typed.longitude),
		latitude: optionalNumber(typed.latitude),
		service: optional(typed.service),
		parameters: parseParameters(typed.parameters ?? ''),
		expectedIntervalSeconds: minutesToSeconds(optionalNumber(typed.expectedMinutes)),
		...(typed.visibility && { visibility: typed.visibility as Visibility }),
	};
}

function minutesToSeconds(minutes: number | null): number | null {
	return minutes === null ? null : Math.round(minutes * 60);
}

/** `heightMillimeters = 1800`, one a line. A line that is no such pair becomes NaN, which the room refuses. */
function parseParameters(text: string): Record<string, number> {
	return Object.fromEntries(
		text
			.split('\n')
			.map((line) => line.trim())
			.filter(Boolean)
			.map((line) => {
				const [name = '', value = ''] = line.split(/\s*[=:]\s*/);
				return [name, value === '' ? Number.NaN : Number(value.replace(',', '.'))];
			}),
	);
}

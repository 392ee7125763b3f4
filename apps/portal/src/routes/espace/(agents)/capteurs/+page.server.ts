import type { DeviceFilter } from '@parvis/sensing';
import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

const sorts: Record<string, DeviceFilter['sort']> = {
	nom: 'name',
	modele: 'type',
	vu: 'lastSeen',
	pile: 'battery',
};
const states = ['live', 'silent', 'never_seen', 'retired'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { sensing, town } = locals.rooms;
	const chosen = {
		text: query(url, 'texte'),
		typeId: query(url, 'modele'),
		service: query(url, 'service'),
		state: states.find((state) => state === query(url, 'etat')),
		lowBattery: query(url, 'pile') === 'faible' || undefined,
	};
	const [devices, types, services] = await Promise.all([
		sensing.devices.list(locals.actor, {
			...chosen,
			sort: sorts[query(url, 'tri') ?? ''],
			descending: query(url, 'sens') === 'desc',
			page: pageNumber(url),
			pageSize: 40,
		}),
		sensing.types.list(locals.actor),
		sensing.devices.services(locals.actor),
	]);
	const list = expect(devices);
	const places = await town.places.find(list.items.flatMap(({ placeId }) => placeId ?? []));
	return {
		list: {
			...list,
			items: list.items.map((device) => ({
				...device,
				place: device.placeId ? (places.get(device.placeId) ?? null) : null,
			})),
		},
		types: expect(types),
		services: expect(services),
		chosen,
	};
};

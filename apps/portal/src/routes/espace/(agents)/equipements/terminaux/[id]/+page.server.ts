import { redirect } from '@sveltejs/kit';
import { holderOf, townToday, versionOf } from '#lib/server/equipment-form.ts';
import { optional, optionalNumber, readForm, refused, type Typed } from '#lib/server/forms.ts';
import { centsOf } from '#lib/server/money.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Action, Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { equipment } = locals.rooms;
	const { devices } = equipment.inventory;
	const device = expect(await devices.get(locals.actor, params.id));
	// Labels and other systems may lead here by the tag.
	if (device.id !== params.id) redirect(303, `/espace/equipements/terminaux/${device.id}`);
	const see = equipment.may.see(locals.actor);
	const history = see ? expect(await devices.history(locals.actor, device.id)) : [];
	/** Somebody had it before, and their data are not known to be gone. */
	const unwiped = device.status !== 'left' && !(await equipment.wiping.deviceMayChangeHands(device.id)).ok;
	return {
		device,
		history,
		unwiped,
		/** How it got to who has it, where that was without a wipe. */
		handedUnwiped: unwiped
			? (history.find(
					({ kind, detail }) =>
						(kind === 'assigned' || kind === 'lent') && detail.unwipedReason !== undefined,
				) ?? null)
			: null,
		choices: equipment.may.manage(locals.actor) ? expect(await devices.choices(locals.actor)) : null,
		see,
		today: townToday(),
	};
};

type Devices = App.Locals['rooms']['equipment']['inventory']['devices'];
type Result = Awaited<ReturnType<Devices['get']>>;

/** An action on this device, from its form. */
function action(
	name: string,
	work: (
		devices: Devices,
		actor: App.Locals['actor'],
		id: string,
		version: number,
		typed: Typed,
	) => Promise<Result>,
): Action {
	return async (event) => {
		const { typed } = await readForm(event.request);
		const { devices } = event.locals.rooms.equipment.inventory;
		const result = await work(devices, event.locals.actor, event.params.id, versionOf(typed), typed);
		if (!result.ok) return refused(event.locals, result, typed, name);
		done(event, `/espace/equipements/terminaux/${event.params.id}`, `done.gear.${name}`);
	};
}

const given = <Value extends object>(fields: Value) =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== '')) as {
		[Name in keyof Value]?: NonNullable<Value[Name]>;
	};

export const actions: Actions = {
	confier: action('confier', (devices, actor, id, version, typed) =>
		devices.assign(actor, id, version, {
			holder: holderOf(typed),
			...given({
				service: optional(typed.service),
				site: optional(typed.site),
				on: optional(typed.on),
				note: optional(typed.note),
				unwipedReason: optional(typed.unwipedReason),
			}),
		}),
	),
	rendre: action('rendre', (devices, actor, id, version, typed) =>
		devices.takeBack(actor, id, version, {
			...given({ on: optional(typed.on), note: optional(typed.note), site: optional(typed.site) }),
			...(typed.condition && { condition: typed.condition as 'good' }),
		}),
	),
	situation: action('situation', (devices, actor, id, version, typed) =>
		devices.changeStatus(actor, id, version, { status: typed.status ?? '', note: optional(typed.note) }),
	),
	reparer: action('reparer', (devices, actor, id, version, typed) =>
		devices.repair(actor, id, version, {
			what: typed.what ?? '',
			costCents: centsOf(typed.cost),
			supplier: optional(typed.supplier),
			...given({ from: optional(typed.from), to: optional(typed.to) }),
			...(typed.condition && { condition: typed.condition as 'good' }),
			batteryHealthPercent: optionalNumber(typed.battery),
			note: optional(typed.note),
		}),
	),
	batterie: action('batterie', (devices, actor, id, version, typed) =>
		devices.measureBattery(actor, id, version, {
			percent: optionalNumber(typed.percent) ?? Number.NaN,
			...given({ on: optional(typed.on) }),
		}),
	),
	partir: action('partir', (devices, actor, id, version, typed) =>
		devices.leave(actor, id, version, {
			as: typed.as ?? '',
			...given({ on: optional(typed.on) }),
			note: optional(typed.note),
		}),
	),
	async traiter(event) {
		const { typed } = await readForm(event.request);
		const { own } = event.locals.rooms.equipment.inventory;
		const result = await own.handleProblem(event.locals.actor, typed.problem ?? '', {
			answer: optional(typed.answer),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'traiter');
		done(event, `/espace/equipements/terminaux/${event.params.id}`, 'done.gear.traiter');
	},
};

import { townToday } from '#lib/server/equipment-form.ts';
import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, query } from '#lib/server/pages.ts';
import type { Action, Actions, PageServerLoad } from './$types';

const isDay = (text: string | undefined) =>
	text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
const shownDays = 28;

function addDays(from: string, days: number): string {
	return new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);
}

export const load: PageServerLoad = async ({ locals, url }) => {
	const { loans, devices } = locals.rooms.equipment.inventory;
	const today = townToday();
	const asked = (name: string, otherwise: string) => {
		const day = query(url, name);
		return isDay(day) && day ? day : otherwise;
	};
	const from = asked('du', today);
	// The other way round means the day alone.
	const to = [from, asked('au', addDays(from, 6))].sort()[1] ?? from;
	const calendarFrom = asked('semaine', addDays(today, -7));
	const calendarTo = addDays(calendarFrom, shownDays - 1);
	const [pool, current, closed, calendar, choices] = await Promise.all([
		loans.pool(locals.actor, from, to),
		loans.list(locals.actor),
		loans.list(locals.actor, { closed: true }),
		loans.calendar(locals.actor, calendarFrom, calendarTo),
		devices.choices(locals.actor),
	]);
	const days = Array.from({ length: shownDays }, (_, n) => addDays(calendarFrom, n));
	return {
		today,
		from,
		to,
		pool: expect(pool),
		current: expect(current),
		closed: expect(closed),
		calendar: {
			loans: expect(calendar),
			days,
			before: addDays(calendarFrom, -shownDays),
			after: addDays(calendarFrom, shownDays),
		},
		choices: expect(choices),
		device: query(url, 'terminal') ?? '',
	};
};

type Loans = App.Locals['rooms']['equipment']['inventory']['loans'];

function action(
	name: string,
	work: (
		loans: Loans,
		actor: App.Locals['actor'],
		typed: Record<string, string>,
	) => ReturnType<Loans['lend']>,
): Action {
	return async (event) => {
		const { typed } = await readForm(event.request);
		const result = await work(event.locals.rooms.equipment.inventory.loans, event.locals.actor, typed);
		if (!result.ok) return refused(event.locals, result, typed, name);
		done(event, '/espace/equipements/prets', `done.gear.${name}`, { tag: result.value.device.tag });
	};
}

export const actions: Actions = {
	preter: action('preter', (loans, actor, typed) =>
		loans.lend(actor, {
			deviceId: typed.deviceId ?? '',
			name: typed.name ?? '',
			email: optional(typed.email),
			service: optional(typed.service),
			startsOn: typed.startsOn ?? '',
			dueOn: typed.dueOn ?? '',
			note: optional(typed.note),
			unwipedReason: optional(typed.unwipedReason),
		}),
	),
	remettre: action('remettre', (loans, actor, typed) =>
		loans.handOut(actor, typed.loan ?? '', { unwipedReason: optional(typed.unwipedReason) }),
	),
	prolonger: action('prolonger', (loans, actor, typed) =>
		loans.extend(actor, typed.loan ?? '', typed.dueOn ?? ''),
	),
	retour: action('retour', (loans, actor, typed) =>
		loans.giveBack(actor, typed.loan ?? '', {
			condition: optional(typed.condition),
			batteryHealthPercent: optionalNumber(typed.battery),
		}),
	),
	annuler: action('annuler', (loans, actor, typed) => loans.cancel(actor, typed.loan ?? '')),
};

import { addDays, daysBetween, noonOf } from '../../days.ts';
import type { Category, Condition } from '../../kinds.ts';
import type { DeviceChanges, DeviceEventKind, DeviceFields } from '../face.ts';
import { blankDevice, differences, settle } from '../rules/fields.ts';
import { type DemoCategory, schools, services, soldSince, suppliers } from './figures.ts';
import type { Random } from './random.ts';

/** One invented device with all that happened to it. */
export interface DemoDevice {
	fields: DeviceFields;
	category: Category;
	events: { kind: DeviceEventKind; at: Date; changes: DeviceChanges; detail: Record<string, unknown> }[];
}

export interface DemoModel {
	id: string;
	name: string;
	category: Category;
	newPriceCents: number | null;
	refurbishedPriceCents: number | null;
	supportedUntil: string | null;
}

export interface DemoHolder {
	id: string;
	service: string;
}

const firstDay = '2016-11-07';
/** Purchases come in lots: one each spring and autumn for what is many, one a year for the rest. */
function purchaseDay(from: string, category: DemoCategory): string {
	const year = from.slice(0, 4);
	const days = category.present > 50 ? [`${year}-03-18`, `${year}-10-07`] : [`${year}-06-03`];
	return days.find((day) => day >= from) ?? `${Number(year) + 1}${days[0]?.slice(4)}`;
}

/** The share bought refurbished, as the town came to it: none before 2021, then more each year. */
function isRefurbished(random: Random, day: string, { category }: DemoCategory): boolean {
	const year = Number(day.slice(0, 4));
	if (year < 2021 || ['server', 'network', 'projector', 'printer', 'feature_phone'].includes(category))
		return false;
	return random.next() < Math.min(0.12 + (year - 2021) * 0.08, 0.5);
}

/** The life of all devices that served in one place, one after the other, to the present day. */
export function livesOf(
	random: Random,
	kind: DemoCategory,
	models: readonly DemoModel[],
	holders: readonly DemoHolder[],
	today: string,
): DemoDevice[] {
	const lives: DemoDevice[] = [];
	const serviceOf = () => random.weighted(services);
	const school = random.pick(schools);
	let [service, site, need] = ['', '', ''];
	const settleDown = () => {
		const chosen = serviceOf();
		[service, site, need] =
			kind.heldBy === 'school'
				? ['Scolaire et périscolaire', school, 'standard']
				: [chosen.name, chosen.site, chosen.need];
	};
	settleDown();
	// Two places of three are as old as the history, the others came since.
	let from = addDays(firstDay, random.next() < 0.66 ? random.integer(0, 900) : random.integer(900, 3300));
	for (let day = purchaseDay(from, kind); day <= today; day = purchaseDay(from, kind)) {
		const life = new Life(random, kind, models, day, { service, site, need });
		const planned = Math.round(365 * kind.years * random.between(0.72, 1.3));
		const end = addDays(day, planned);
		const candidates = holders.filter((holder) => holder.service === service);
		const holder = kind.heldBy === 'person' && candidates.length ? random.pick(candidates) : null;
		life.serve(holder, end < today ? end : today, candidates);
		lives.push(life.device);
		// It goes within three months of its end, and nothing is to happen after today.
		if (end >= addDays(today, -91)) break;
		life.leave(end);
		from = end;
	}
	return lives;
}

/** What was sold in that year, a refurbished one some years older. The same model for the whole lot, as a town buys. */
function modelOf(models: readonly DemoModel[], bought: string, refurbished: boolean): DemoModel {
	const year = Number(bought.slice(0, 4));
	const usual = refurbished ? 4 : 1;
	const distances = models.map(({ name }) => {
		const age = year - (soldSince[name] ?? year - usual);
		return Math.abs(age - usual) + (age < 0 ? 10 : 0);
	});
	const nearest = Math.min(...distances);
	const fitting = models.filter((_, n) => (distances[n] ?? nearest) <= nearest + 1);
	const turn = year * 7 + Number(bought.slice(5, 7)) + (refurbished ? 3 : 0);
	return fitting[turn % fitting.length] as DemoModel;
}

class Life {
	readonly device: DemoDevice;
	readonly #random: Random;
	readonly #kind: DemoCategory;
	readonly #bought: string;

	constructor(
		random: Random,
		kind: DemoCategory,
		models: readonly DemoModel[],
		bought: string,
		where: { service: string; site: string; need: string },
	) {
		this.#random = random;
		this.#kind = kind;
		this.#bought = bought;
		const refurbished = isRefurbished(random, bought, kind);
		const lot = modelOf(models, bought, refurbished);
		const list =
			(refurbished ? lot.refurbishedPriceCents : lot.newPriceCents) ?? kind.euros * (refurbished ? 55 : 100);
		const fields: Partial<DeviceFields> = {
			modelId: lot.id,
			serial: `SIM${kind.category.slice(0, 2).toUpperCase()}${random.integer(1e7, 1e8 - 1)}`,
			status: 'in_stock',
			site: 'Mairie',
			need: where.need,
			boughtOn: bought,
			warrantyUntil: addDays(bought, refurbished ? 730 : 1095),
			supportedUntil:
				lot.supportedUntil || kind.supportYears === null
					? null
					: addDays(bought, Math.round(365 * (kind.supportYears - (refurbished ? 2 : 0)))),
			acquired: refurbished ? 'refurbished' : 'new',
			firstUsedOn: refurbished ? addDays(bought, -random.integer(700, 1300)) : null,
			condition: refurbished ? 'good' : 'new',
			priceCents: Math.round((list * random.between(0.96, 1.04)) / 100) * 100,
			supplier: random.pick(suppliers[refurbished ? 'refurbished' : 'new']),
			orderNumber: `BC-${bought.slice(0, 4)}-${String((Number(bought.slice(5, 7)) * 31 + kind.present) % 400).padStart(3, '0')}`,
			...(kind.batteryLoss !== null && {
				batteryHealthPercent: refurbished ? 88 : 100,
				batteryMeasuredOn: bought,
			}),
		};
		this.device = {
			category: kind.category,
			fields: { ...blankDevice, tag: '', ...fields } as DeviceFields,
			events: [],
		};
		this.device.events.push({
			kind: 'created',
			at: noonOf(bought),
			changes: differences(null, this.device.fields),
			detail: {},
		});
		this.#where = where;
	}

	readonly #where: { service: string; site: string; need: string };

	/** In use to a day: given out, moved, repaired, measured, audited. */
	serve(holder: DemoHolder | null, until: string, colleagues: readonly DemoHolder[]): void {
		const random = this.#random;
		const kind = this.#kind;
		const start = addDays(this.#bought, random.integer(3, 40));
		if (start >= until) return;
		this.happen('assigned', start, {
			status: 'in_use',
			holderId: holder?.id ?? null,
			service: this.#where.service,
			site: this.#where.site,
		});
		const days = daysBetween(start, until);
		const todo: { day: string; act(day: string): void }[] = [];
		const at = (share: number, act: (day: string) => void) =>
			todo.push({ day: addDays(start, Math.round(days * share)), act });
		if (holder && colleagues.length > 1 && days > 700 && random.next() < 0.3)
			at(random.between(0.3, 0.7), (day) =>
				this.happen('assigned', day, { holderId: random.pick(colleagues).id }),
			);
		if (days > 900 && random.next() < 0.12)
			at(random.between(0.2, 0.8), (day) => this.happen('moved', day, { site: random.pick(services).site }));
		if (days > 600 && random.next() < 0.22) at(random.between(0.35, 0.9), (day) => this.repair(day));
		for (let year = Number(start.slice(0, 4)) + 1; ; year++) {
			const day = `${year}-01-20`;
			if (day >= until) break;
			if (day > start && (year % 2 === 0 || day > addDays(until, -400)))
				todo.push({ day, act: (on) => this.look(on) });
		}
		if (kind.batteryLoss !== null && days > 500) at(random.between(0.85, 0.98), (day) => this.measure(day));
		for (const { day, act } of todo.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))) act(day);
	}

	repair(day: string): void {
		const { category, batteryLoss } = this.#kind;
		const random = this.#random;
		const what =
			batteryLoss !== null && random.next() < 0.55
				? 'battery'
				: random.pick(
						category === 'laptop'
							? (['screen', 'keyboard', 'storage', 'memory', 'reinstall'] as const)
							: category === 'desktop'
								? (['storage', 'memory', 'reinstall'] as const)
								: ['smartphone', 'tablet'].includes(category)
									? (['screen', 'other'] as const)
									: (['other'] as const),
					);
		const euros = {
			battery: 75,
			screen: 140,
			keyboard: 80,
			storage: 70,
			memory: 45,
			reinstall: 0,
			other: 60,
		}[what];
		this.happen('status_changed', day, { status: 'in_repair' });
		this.happen(
			'repaired',
			addDays(day, random.integer(2, 12)),
			{ status: 'in_use', condition: 'good', ...(what === 'battery' && { batteryHealthPercent: 99 }) },
			{
				what,
				costCents: Math.round(euros * random.between(0.8, 1.25)) * 100,
				supplier: euros ? random.pick(suppliers.refurbished) : null,
				from: day,
			},
		);
	}

	/** The audit of each second January. */
	look(day: string): void {
		const years = daysBetween(this.#bought, day) / 365;
		const chance = this.#random.next();
		const seen: Condition =
			years > 2 && chance > 0.97
				? 'damaged'
				: years > 2 && chance < years / this.#kind.years - 0.3
					? 'worn'
					: 'good';
		this.happen('audited', day, { condition: seen });
	}

	measure(day: string): void {
		const repaired = this.device.events.findLast(
			({ kind, changes }) => kind === 'repaired' && changes.batteryHealthPercent,
		);
		const since = daysBetween(repaired ? repaired.at.toISOString().slice(0, 10) : this.#bought, day) / 365;
		const start = repaired || this.device.fields.acquired === 'new' ? 100 : 88;
		const health = start - since * (this.#kind.batteryLoss ?? 0) * this.#random.between(0.75, 1.25);
		this.happen('battery_measured', day, {
			batteryHealthPercent: Math.max(38, Math.min(100, Math.round(health))),
			batteryMeasuredOn: day,
		});
	}

	leave(day: string): void {
		const random = this.#random;
		const year = Number(day.slice(0, 4));
		this.happen('returned', day, { status: 'in_stock', service: null, site: 'Mairie' });
		const gone = addDays(day, random.integer(10, 90));
		if (random.next() < 0.02) {
			this.happen('left', gone, { status: 'left', leftAs: 'lost', leftOn: gone });
			return;
		}
		this.happen('status_changed', addDays(day, 3), { status: 'leaving' });
		if (!['monitor', 'projector'].includes(this.#kind.category)) this.happen('wiped', addDays(gone, -3), {});
		const as =
			random.next() < (year < 2020 ? 0.75 : 0.4)
				? 'recycled'
				: random.pick(['reused', 'donated', 'sold', 'parts'] as const);
		this.happen('left', gone, { status: 'left', leftAs: as, leftOn: gone });
	}

	happen(
		kind: DeviceEventKind,
		day: string,
		changes: Partial<DeviceFields>,
		detail: Record<string, unknown> = {},
	): void {
		const last = this.device.events.at(-1)?.at ?? noonOf(this.#bought);
		const at = noonOf(day);
		const settled = settle(this.device.fields, changes, day);
		if (!settled.ok) throw new Error(`demonstration: ${settled.error}`);
		this.device.events.push({
			kind,
			at: new Date(Math.max(at.getTime(), last.getTime())),
			changes: differences(this.device.fields, settled.value),
			detail,
		});
		Object.assign(this.device.fields, settled.value);
	}
}

/** Something that happens to a device after its life so far. */
export function befall(
	device: DemoDevice,
	kind: DeviceEventKind,
	at: Date,
	day: string,
	changes: Partial<DeviceFields>,
	detail: Record<string, unknown> = {},
): void {
	const settled = settle(device.fields, changes, day);
	if (!settled.ok) throw new Error(`demonstration: ${settled.error}`);
	device.events.push({ kind, at, changes: differences(device.fields, settled.value), detail });
	Object.assign(device.fields, settled.value);
}

import { type Actor, changing, type Result, refuse, textInput } from '@parvis/platform';
import { z } from 'zod';
import { type Context, parseInput } from '../../context.ts';
import { dayInput, noonOf, townDay } from '../../days.ts';
import { conditions } from '../../kinds.ts';
import { mayManage } from '../../policies.ts';
import type { Wiping } from '../../wiping/face.ts';
import { changeDevice, createDevice, type Happening, type NewDevice, type Trx } from '../changing.ts';
import type { Device, DeviceFields, Devices } from '../face.ts';
import { mayHandTo, newUser, unwipedReasonInput } from '../handing.ts';
import { holderIdOf, readHolderInput } from '../holders.ts';
import { batteryInput, deviceInput, priceInput } from '../input.ts';
import { mayHoldData, repairKinds, settableStatuses } from '../rules/kinds.ts';
import { readDevice } from './reading.ts';

const words = textInput(1000).nullish();
const place = textInput(120)
	.nullish()
	.transform((text) => (text === '' ? null : text));
const condition = z.enum(conditions).nullish();
const inputs = {
	assign: z.object({
		service: place,
		site: place,
		on: dayInput.optional(),
		note: words,
		unwipedReason: unwipedReasonInput,
	}),
	takeBack: z.object({ condition, site: place, on: dayInput.optional(), note: words }),
	status: z.object({ status: z.enum(settableStatuses, 'equipment.status_unknown'), note: words }),
	repair: z.object({
		what: z.enum(repairKinds, 'equipment.repair_unknown'),
		costCents: priceInput.nullish(),
		supplier: textInput(200).nullish(),
		from: dayInput.optional(),
		to: dayInput.optional(),
		condition,
		batteryHealthPercent: batteryInput.nullish(),
		note: words,
	}),
	battery: z.object({ percent: batteryInput, on: dayInput.optional() }),
	leave: z.object({
		as: z.enum(['reused', 'sold', 'donated', 'parts', 'recycled', 'lost'], 'equipment.left_as_missing'),
		on: dayInput.optional(),
		note: words,
	}),
};

type Acting = Omit<Devices, 'list' | 'counts' | 'choices' | 'get' | 'history'>;

/** What a manager does with a device; each keeps an entry in its history. */
export function createDeviceActions(
	context: Context,
	wiping: Pick<Wiping, 'deviceMayLeave' | 'deviceMayChangeHands'>,
): Acting {
	/** When a day was: now for today, noon of the others; days to come are refused. */
	function instantOf(day: string | undefined): Result<Date> {
		const now = context.now();
		if (day === undefined || day === townDay(now)) return { ok: true, value: now };
		if (day > townDay(now)) return refuse('equipment.day_to_come', { field: 'on' });
		return { ok: true, value: noonOf(day) };
	}

	async function write(
		actor: Actor,
		id: string,
		version: number | undefined,
		{ unwipedReason, ...happening }: Happening & { unwipedReason?: string | null | undefined },
		fields: Partial<DeviceFields> | ((trx: Trx, before: Device) => Promise<Result<Partial<DeviceFields>>>),
	): Promise<Result<Device>> {
		const before = await readDevice(context, actor, id);
		if (!before.ok) return before;
		if (version !== undefined && version !== before.value.version)
			return refuse('equipment.device_changed', {});
		const done = await changing(context.db, async (trx) => {
			const changes =
				typeof fields === 'function' ? await fields(trx, before.value) : { ok: true as const, value: fields };
			if (!changes.ok) return changes;
			const to = newUser(
				{ ...before.value, holderId: before.value.holder?.id ?? null },
				changes.value,
				happening.kind === 'assigned',
			);
			const handed = to
				? await mayHandTo(wiping.deviceMayChangeHands, trx, actor, before.value.id, to, unwipedReason)
				: ({ ok: true, value: {} } as const);
			if (!handed.ok) return handed;
			// A rule that read the device holds for what it read.
			const expectedVersion =
				version ?? (to || typeof fields === 'function' ? before.value.version : undefined);
			return changeDevice(context, trx, actor, before.value.id, changes.value, {
				...happening,
				detail: { ...happening.detail, ...handed.value },
				expectedVersion,
			});
		});
		return done.ok ? readDevice(context, actor, before.value.id) : done;
	}

	/** Why a device may not leave so, whatever asks for it; null where it may. */
	async function heldBack(trx: Trx, { id, status, model }: Device, as: DeviceFields['leftAs'] | undefined) {
		if (status === 'left' || as === 'lost' || !mayHoldData(model.category)) return null;
		return (await wiping.deviceMayLeave(id, trx)).ok ? null : refuse('equipment.not_wiped');
	}

	return {
		async create(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(
				deviceInput.extend({ tag: deviceInput.shape.tag.or(z.literal('')) }).required({ modelId: true }),
				input,
			);
			if (!parsed.ok) return parsed;
			const done = await changing(context.db, (trx) =>
				createDevice(context, trx, actor, parsed.value as NewDevice, { kind: 'created' }),
			);
			return done.ok ? readDevice(context, actor, done.value.id) : done;
		},

		async edit(actor, id, version, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(deviceInput, input);
			if (!parsed.ok) return parsed;
			const fields = parsed.value as Partial<DeviceFields>;
			return write(actor, id, version, { kind: 'edited' }, async (trx, before) => {
				const held = fields.status === 'left' && (await heldBack(trx, before, fields.leftAs));
				return held || { ok: true, value: fields };
			});
		},

		async assign(actor, id, version, { holder, ...input }) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(inputs.assign, input);
			if (!parsed.ok) return parsed;
			const meant = await readHolderInput(context, holder);
			if (!meant.ok) return meant;
			const { service, site, on, note, unwipedReason } = parsed.value;
			if (!meant.value && !service) return refuse('equipment.holder_missing', { field: 'name' });
			const at = instantOf(on);
			if (!at.ok) return at;
			return write(
				actor,
				id,
				version,
				{ kind: 'assigned', at: at.value, note, unwipedReason },
				async (trx, before) => {
					if (['left', 'leaving', 'on_loan'].includes(before.status))
						return refuse('equipment.not_to_assign');
					return {
						ok: true,
						value: {
							status: 'in_use',
							holderId: await holderIdOf(trx, meant.value),
							...(service !== undefined && { service }),
							...(site !== undefined && { site }),
						},
					};
				},
			);
		},

		async takeBack(actor, id, version, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(inputs.takeBack, input);
			if (!parsed.ok) return parsed;
			const { condition, site, on, note } = parsed.value;
			const at = instantOf(on);
			if (!at.ok) return at;
			return write(actor, id, version, { kind: 'returned', at: at.value, note }, async (_trx, before) => {
				if (before.status === 'on_loan') return refuse('equipment.on_loan');
				if (before.status === 'left') return refuse('equipment.has_left');
				return {
					ok: true,
					value: {
						status: 'in_stock',
						service: null,
						...(condition && { condition }),
						...(site !== undefined && { site }),
					},
				};
			});
		},

		async changeStatus(actor, id, version, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(inputs.status, input);
			if (!parsed.ok) return parsed;
			const { status, note } = parsed.value;
			const kind = status === 'missing' ? 'missing' : 'status_changed';
			return write(actor, id, version, { kind, note }, async (_trx, before) =>
				before.status === 'on_loan' ? refuse('equipment.on_loan') : { ok: true, value: { status } },
			);
		},

		async repair(actor, id, version, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(inputs.repair, input);
			if (!parsed.ok) return parsed;
			const { what, costCents, supplier, from, to, condition, batteryHealthPercent, note } = parsed.value;
			const at = instantOf(to);
			if (!at.ok) return at;
			const began = from ?? townDay(at.value);
			if (began > townDay(at.value)) return refuse('equipment.repair_days', { field: 'from' });
			const detail = { what, costCents: costCents ?? null, supplier: supplier || null, from: began };
			return write(
				actor,
				id,
				version,
				{ kind: 'repaired', at: at.value, note, detail },
				async (_trx, before) => ({
					ok: true,
					value: {
						...(before.status === 'in_repair' && {
							status: before.holder || before.service ? ('in_use' as const) : ('in_stock' as const),
						}),
						...(condition && { condition }),
						...(batteryHealthPercent != null && { batteryHealthPercent }),
					},
				}),
			);
		},

		async measureBattery(actor, id, version, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(inputs.battery, input);
			if (!parsed.ok) return parsed;
			const at = instantOf(parsed.value.on);
			if (!at.ok) return at;
			return write(
				actor,
				id,
				version,
				{ kind: 'battery_measured', at: at.value },
				{ batteryHealthPercent: parsed.value.percent, batteryMeasuredOn: townDay(at.value) },
			);
		},

		async leave(actor, id, version, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(inputs.leave, input);
			if (!parsed.ok) return parsed;
			const { as, on, note } = parsed.value;
			const at = instantOf(on);
			if (!at.ok) return at;
			return write(actor, id, version, { kind: 'left', at: at.value, note }, async (trx, before) => {
				if (before.status === 'left') return refuse('equipment.has_left');
				if (before.status === 'on_loan' && as !== 'lost') return refuse('equipment.on_loan');
				const held = await heldBack(trx, before, as);
				if (held) return held;
				return { ok: true, value: { status: 'left', leftAs: as, leftOn: townDay(at.value) } };
			});
		},
	};
}

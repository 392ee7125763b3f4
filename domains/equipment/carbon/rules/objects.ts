import type { Stay } from '@parvis/device-lifecycle';
import type { Category } from '../../kinds.ts';
import { dayNumber } from './months.ts';

/** What the inventory says of a device, as far as carbon goes. */
export interface DeviceFact {
	id: string;
	modelId: string;
	category: Category;
	serial: string | null;
	status: string;
	acquired: 'new' | 'refurbished' | 'reused';
	boughtOn: string | null;
	inUseOn: string | null;
	leftOn: string | null;
	leftAs: string | null;
	simulated: boolean;
	/** Changes of its status, by the day in the town, oldest first. */
	statuses: readonly { day: string; status: string }[];
}

export interface ItemFact {
	id: string;
	category: Category;
	serial: string | null;
	deviceId: string | null;
	endedAs: string | null;
	endedOn: string | null;
	simulated: boolean;
}

/** One physical device with all that is told of it. */
export interface PhysicalDevice {
	/** The smallest of its subjects. */
	id: string;
	subjects: { subject: string; category: Category; modelId: string | null; simulated: boolean }[];
	stays: Stay[];
}

const serving = new Set(['in_use', 'on_loan']);
/** Ways to leave after which somebody uses it. */
const leftToServe = new Set(['reused', 'sold', 'donated']);
const endedToServe = new Set(['reused', 'repaired']);

/** More devices than this with one serial number: it is none. */
const mostOfOneSerial = 4;

/** What a serial number says of identity; null for what makers leave in it for nothing. */
export function serialKey(serial: string | null, category: Category): string | null {
	const tidy = serial?.toUpperCase().replace(/[^A-Z0-9]/g, '') ?? '';
	if (
		tidy.length < 5 ||
		new Set(tidy).size < 3 ||
		/^(TOBEFILLED|DEFAULT|SYSTEMSERIAL|NOTAVAIL|UNKNOWN)/.test(tidy)
	)
		return null;
	return `${category}/${tidy}`;
}

/**
 * Which records tell of one physical device: an item of the town's own by its label, others by their serial number.
 * A serial number that stands for many is none.
 */
export function physicalDevices(
	devices: readonly DeviceFact[],
	items: readonly ItemFact[],
): PhysicalDevice[] {
	const parents = new Map<string, string>();
	const root = (subject: string): string => {
		const parent = parents.get(subject);
		if (parent === undefined || parent === subject) return subject;
		const found = root(parent);
		parents.set(subject, found);
		return found;
	};
	const join = (a: string, b: string) => {
		const [one, other] = [root(a), root(b)].sort();
		if (one !== undefined && other !== undefined && one !== other) parents.set(other, one);
	};
	const bySerial = new Map<string, string[]>();
	const note = (serial: string | null, category: Category, subject: string) => {
		const key = serialKey(serial, category);
		if (key) bySerial.set(key, [...(bySerial.get(key) ?? []), subject]);
	};
	const known = new Set(devices.map(({ id }) => id));
	for (const { id, serial, category } of devices) note(serial, category, `device/${id}`);
	for (const { id, serial, category, deviceId } of items) {
		if (deviceId && known.has(deviceId)) join(`device/${deviceId}`, `item/${id}`);
		else note(serial, category, `item/${id}`);
	}
	for (const subjects of bySerial.values()) {
		const [first] = subjects;
		if (first && subjects.length <= mostOfOneSerial) for (const other of subjects) join(first, other);
	}
	const found = new Map<string, PhysicalDevice>();
	const put = (subject: PhysicalDevice['subjects'][number], stays: Stay[]) => {
		const id = root(subject.subject);
		const device = found.get(id) ?? { id, subjects: [], stays: [] };
		found.set(id, device);
		device.subjects.push(subject);
		device.stays.push(...stays);
	};
	for (const device of devices) {
		const { id, category, modelId, simulated } = device;
		put({ subject: `device/${id}`, category, modelId, simulated }, staysOfDevice(device));
	}
	for (const item of items) {
		const { id, category, simulated } = item;
		put({ subject: `item/${id}`, category, modelId: null, simulated }, staysOfItem(item));
	}
	return [...found.values()];
}

export function staysOfDevice(device: DeviceFact): Stay[] {
	const subject = `device/${device.id}`;
	const stays: Stay[] = [];
	const from = device.inUseOn ?? (serving.has(device.status) ? device.boughtOn : null);
	if (from && (device.leftOn === null || device.leftOn > from))
		stays.push({
			subject,
			where: 'town',
			acquired: device.acquired === 'new' ? 'new' : 'used',
			from: dayNumber(from),
			to: device.leftOn ? dayNumber(device.leftOn) : null,
			idle: idleDays(device, dayNumber(from)),
		});
	if (device.leftOn && leftToServe.has(device.leftAs ?? ''))
		stays.push({ subject, where: 'elsewhere', acquired: 'used', from: dayNumber(device.leftOn), to: null });
	return stays;
}

/** When it served nobody, as its history says; before the first that is told, as that says. */
function idleDays({ status, statuses }: DeviceFact, from: number): { from: number; to: number }[] {
	const idle: { from: number; to: number }[] = [];
	const never = Number.MAX_SAFE_INTEGER;
	const told = statuses.length ? statuses : [{ day: '1970-01-01', status }];
	for (const [at, { day, status: then }] of told.entries()) {
		if (serving.has(then) || then === 'left') continue;
		const next = told[at + 1];
		// A device that is in a drawer when it is first told of: nobody says that it ever served.
		idle.push({ from: at === 0 ? from : dayNumber(day), to: next ? dayNumber(next.day) : never });
	}
	return idle.filter((one) => one.from < one.to);
}

function staysOfItem({ id, endedAs, endedOn }: ItemFact): Stay[] {
	if (!endedOn || !endedToServe.has(endedAs ?? '')) return [];
	return [
		{ subject: `item/${id}`, where: 'elsewhere', acquired: 'used', from: dayNumber(endedOn), to: null },
	];
}

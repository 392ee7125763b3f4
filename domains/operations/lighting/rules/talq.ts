import { z } from 'zod';
import type { LevelReason } from './level.ts';

/*
 * The part of the TALQ Smart City Protocol 2 that is spoken here: `OverrideCommand` to gateways, `LogReport` from them
 * (TALQ-consortium/TALQ_specification, OpenAPI files of version 2.3.0).
 */

/** What lamps of one gateway are told together. */
export interface GatewayCommand {
	/** Comes back with what the gateway logs of it. */
	refId: string;
	/** Addresses of devices. */
	devices: readonly string[];
	level: number;
	fadeSeconds: number;
	reason: LevelReason;
	/** Milliseconds since 1970; from then on the gateway's own programme holds. */
	until: number;
}

/** What a gateway says of one lamp: its level, or that something is wrong with it or no longer so. */
export type LampNews = { device: string; at: number; refId: string | null } & (
	| { level: number }
	| { fault: string; lasts: boolean }
);

const reasons: Record<LevelReason, 'override' | 'sensor' | 'program'> = {
	emergency: 'override',
	test: 'override',
	event: 'override',
	presence: 'sensor',
	profile: 'program',
};

/** Body of `POST /override-commands`. @param lampFunction empty: whole devices are addressed */
export function writeOverride(command: GatewayCommand, lampFunction: string): string {
	return JSON.stringify({
		addresses: command.devices.map((device) => ({
			resource: 'devices',
			address: lampFunction ? `${device}/${lampFunction}` : device,
		})),
		targetCommand: {
			state: { name: 'LevelState', value: command.level },
			rampToLevelTime: command.fadeSeconds,
			reason: reasons[command.reason],
			cmsRefId: command.refId,
			expiration: new Date(command.until).toISOString(),
		},
	});
}

/** Names of a device, with a function or not, with the resource before it or not. */
const sourceAddress = z
	.string()
	.max(250)
	.regex(/^(?:\/?devices\/)?[A-Za-z0-9][A-Za-z0-9._:-]{0,99}(?:\/[A-Za-z0-9._:-]{1,100}){0,2}$/);
const reference = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/);
const instant = z.iso.datetime({ offset: true });
const named = z.string().min(1).max(100);
const level = z.number().min(0).max(100);

const levelAttributes = ['actualLightState', 'actualLevel'];
const faultNames = [
	'lampFailure',
	'controlGearCommFailure',
	'controlGearComFailure',
	'relayFailure',
	'cyclingFailure',
	'supplyLoss',
];
const mostEntries = 2000;

const logData = z.object({
	type: named,
	srcAddress: sourceAddress,
	timestamp: instant.nullish(),
	attributeName: named.nullish(),
	attributeValue: z.looseObject({ value: z.unknown().optional(), timestamp: instant.nullish() }).nullish(),
	eventType: named.nullish(),
	startEndFlag: z.boolean().nullish(),
	command: z.looseObject({ cmsRefId: z.string().nullish() }).nullish(),
	state: z.unknown().optional(),
});
const logReport = z.object({
	entries: z
		.array(z.object({ cmsRefId: z.string().nullish(), data: logData }))
		.max(mostEntries)
		.default([]),
});
/** A level is a `LevelState`, or the number itself. */
const levelState = z.union([
	level,
	z.object({ name: z.literal('LevelState'), value: level }).transform(({ value }) => value),
]);

const deviceOf = (address: string) => address.replace(/^\/?devices\//, '').split('/', 1)[0] ?? '';
const referenceOf = (given: string | null | undefined) => reference.safeParse(given).data ?? null;

/**
 * What a `LogReport` says of lamps; what it says of anything else is passed over.
 * @param receivedAt milliseconds since 1970; nothing can be from later
 * @returns null when it is no such report, or says of a lamp what cannot be
 */
export function readLogReport(body: unknown, receivedAt: number): LampNews[] | null {
	const parsed = logReport.safeParse(body);
	if (!parsed.success) return null;
	const news: LampNews[] = [];
	for (const { cmsRefId, data } of parsed.data.entries) {
		const stamp = data.timestamp ?? data.attributeValue?.timestamp;
		const common = {
			device: deviceOf(data.srcAddress),
			at: stamp ? Math.min(Date.parse(stamp), receivedAt) : receivedAt,
			refId: referenceOf(cmsRefId ?? data.command?.cmsRefId),
		};
		const name = data.attributeName ?? data.eventType ?? '';
		if (data.type === 'AttributeLogData' && levelAttributes.includes(name)) {
			const read = levelState.safeParse(data.attributeValue?.value);
			if (!read.success) return null;
			news.push({ ...common, level: read.data });
		} else if (data.type === 'AttributeLogData' && faultNames.includes(name)) {
			const lasts = data.attributeValue?.value;
			if (typeof lasts !== 'boolean') return null;
			news.push({ ...common, fault: name, lasts });
		} else if (data.type === 'StateChangeEventLogData' && name === 'lightStateChange' && data.state) {
			const read = levelState.safeParse(data.state);
			if (!read.success) return null;
			news.push({ ...common, level: read.data });
		} else if (data.type === 'EventLogData' && faultNames.includes(name))
			news.push({ ...common, fault: name, lasts: data.startEndFlag ?? true });
	}
	return news;
}

import type { LevelReason } from '../rules/level.ts';
import { createPassages, lampsToRaise } from '../rules/presence.ts';
import {
	attemptMilliseconds,
	createCommands,
	gatewayAttemptMilliseconds,
	type LampReport,
	type SetPoint,
} from './commands.ts';
import { createEnergyMeter, type EnergyOfSegment } from './energy.ts';
import type { Installation } from './installation.ts';
import { createWishes } from './wishes.ts';

/** What the loop does to the world. */
export interface Effects {
	/** Hand a set-point to the broker or gateway; it is repeated here when no answer comes. */
	send(lamp: number, setPoint: SetPoint): void;
	/** A lamp's state changed: to be written soon. */
	changed(lamp: number): void;
	told(lamp: number, setPoint: SetPoint, at: number): void;
	toldAgain(setPoint: SetPoint, attempts: number): void;
	acknowledged(id: string, at: number): void;
}

const fadeSeconds: Record<LevelReason, number> = {
	emergency: 0,
	test: 1,
	event: 2,
	presence: 1,
	profile: 10,
};
/** First set-points after a start, and those of a change for many lamps, go out at most so fast. */
const mostSendsASecond = 2000;
/** Lamps not heard for longer are reckoned at their safe level. */
const deafMilliseconds = 35 * 60_000;

/**
 * The control loop of all lamps, in memory. It is told the time and what is heard, and asks nobody; the same events at
 * the same times lead to the same set-points.
 * @param startedAt milliseconds since 1970
 */
export function createController(installation: Installation, effects: Effects, startedAt: number) {
	const { lamps, reaches, lampIndex, sensorIndex } = installation;
	const wishes = createWishes(installation);
	const passages = createPassages(reaches);
	const commands = createCommands(lamps.length, (lamp) =>
		lamps[lamp]?.gatewayId ? gatewayAttemptMilliseconds : attemptMilliseconds,
	);
	const meter = createEnergyMeter(installation);
	const reportedLevel = new Int16Array(lamps.length).fill(-1);
	const reportedWatts = new Float32Array(lamps.length).fill(-1);
	const heardAt = new Float64Array(lamps.length).fill(Number.NaN);
	const failedAt = new Float64Array(lamps.length).fill(Number.NaN);
	const faults: (string | null)[] = new Array(lamps.length).fill(null);
	const desired: { level: number; reason: LevelReason }[] = lamps.map(() => ({
		level: 0,
		reason: 'profile',
	}));
	let lastTick = startedAt;
	/** Gateways that are there; null: the broker. */
	const reached = new Set<string | null>();
	const reachable = (lamp: number) => reached.has(lamps[lamp]?.gatewayId ?? null);
	/** Where the next tick goes on when one could not serve all. */
	let next = 0;

	for (const [index, lamp] of lamps.entries()) {
		if (lamp.reportedLevel !== null) reportedLevel[index] = lamp.reportedLevel;
		if (lamp.lastHeardAt !== null) heardAt[index] = lamp.lastHeardAt;
		if (lamp.failed) {
			commands.failed[index] = 1;
			failedAt[index] = startedAt;
		}
		faults[index] = lamp.fault;
	}
	if (lamps.length) wishes.refresh(startedAt);

	function fadeOf(lamp: number, before: LevelReason, wish: { level: number; reason: LevelReason }): number {
		const presence = wishes.presenceOf(lamp);
		if (wish.reason === 'presence') return presence?.riseSeconds ?? fadeSeconds.presence;
		if (before === 'presence' && wish.reason === 'profile')
			return presence?.fallSeconds ?? fadeSeconds.profile;
		return fadeSeconds[wish.reason];
	}

	function tell(lamp: number, at: number): void {
		const wish = wishes.levelOf(lamp, at);
		const before = desired[lamp]?.reason ?? 'profile';
		desired[lamp] = wish;
		const setPoint = commands.tell(lamp, wish.level, wish.reason, fadeOf(lamp, before, wish), at);
		effects.send(lamp, setPoint);
		effects.told(lamp, setPoint, at);
		effects.changed(lamp);
	}

	function serve(lamp: number, at: number): boolean {
		const wish = wishes.levelOf(lamp, at);
		switch (commands.due(lamp, wish.level, at)) {
			case 'new':
				tell(lamp, at);
				return true;
			case 'again': {
				const setPoint = commands.again(lamp, at);
				if (setPoint) {
					effects.send(lamp, setPoint);
					effects.toldAgain(setPoint, commands.attemptsOf(lamp));
				}
				return true;
			}
			case 'failed':
				commands.fail(lamp, at);
				// One that was never heard is not in service yet: it is told again, and nobody is sent to it.
				if (Number.isNaN(heardAt[lamp] ?? Number.NaN)) return false;
				failedAt[lamp] = at;
				// By its own watchdog, when its last set-point ends.
				desired[lamp] = { level: lamps[lamp]?.safeLevel ?? 0, reason: 'profile' };
				effects.changed(lamp);
				return false;
			default:
				return false;
		}
	}

	return {
		installation,
		desired,
		reportedLevel,
		reportedWatts,
		heardAt,
		failedAt,
		faults,

		/** Look at the clock: profiles, overrides, falls after presence, renewals, repetitions. A few times a second. */
		tick(at: number): void {
			if (!lamps.length) return;
			const elapsed = Math.max(0, at - lastTick);
			lastTick = at;
			wishes.refresh(at);
			meter.add(elapsed, wishes.sunAt(at), at, (lamp) => {
				const level = reportedLevel[lamp] ?? -1;
				const deaf = !(at - (heardAt[lamp] ?? Number.NaN) < deafMilliseconds);
				if (deaf || level < 0) return { level: lamps[lamp]?.safeLevel ?? 0, watts: null };
				const watts = reportedWatts[lamp] ?? -1;
				return { level, watts: watts < 0 ? null : watts };
			});
			if (!reached.size) return;
			let budget = Math.max(50, Math.ceil((Math.min(elapsed, 1000) / 1000) * mostSendsASecond));
			for (let served = 0; served < lamps.length && budget > 0; served++) {
				if (reachable(next) && serve(next, at)) budget--;
				next = (next + 1) % lamps.length;
			}
		},

		/** Somebody passes a sensor: lamps ahead are told at once. @returns how many lamps were told */
		presence(sensor: string, direction: -1 | 0 | 1, at: number): number {
			const index = sensorIndex.get(sensor);
			const reach = index === undefined ? undefined : reaches[index];
			if (index === undefined || !reach) return 0;
			const passage = passages.detect(index, at, direction);
			let told = 0;
			lampsToRaise(reach, passage, at, wishes.presenceOf, (lamp, heldUntil) => {
				wishes.hold(lamp, heldUntil);
				if (!reachable(lamp) || commands.failed[lamp]) return;
				const { level } = wishes.levelOf(lamp, at);
				if (level === commands.sentLevel[lamp]) return;
				tell(lamp, at);
				told++;
			});
			return told;
		},

		/** A lamp speaks. */
		report(name: string, report: LampReport, at: number): void {
			const lamp = lampIndex.get(name);
			if (lamp === undefined) return;
			const { acknowledged, back, differs } = commands.heard(lamp, report, at);
			reportedLevel[lamp] = Math.round(report.level);
			reportedWatts[lamp] = report.watts ?? -1;
			heardAt[lamp] = at;
			faults[lamp] = report.fault;
			if (back) failedAt[lamp] = Number.NaN;
			if (acknowledged) effects.acknowledged(acknowledged, at);
			effects.changed(lamp);
			if (differs && reachable(lamp)) tell(lamp, at);
		},

		/** Its gateway says that something is wrong with a lamp, or no longer. */
		noteFault(lamp: number, name: string, lasts: boolean): void {
			const names = new Set((faults[lamp] ?? '').split(', ').filter(Boolean));
			if (names.has(name) === lasts) return;
			if (lasts) names.add(name);
			else names.delete(name);
			faults[lamp] = [...names].join(', ') || null;
			effects.changed(lamp);
		},

		/**
		 * The broker, or a gateway, is there (again): its lamps are told anew as fast as ticks allow; or it is away, and no lamp
		 * is to blame.
		 */
		setReachable(value: boolean, at: number, gatewayId: string | null = null): void {
			if (!value) return void reached.delete(gatewayId);
			reached.add(gatewayId);
			for (let lamp = 0; lamp < lamps.length; lamp++) {
				if ((lamps[lamp]?.gatewayId ?? null) !== gatewayId) continue;
				commands.pauseUntil(lamp, at);
				commands.renewAt[lamp] = at;
			}
		},

		/** Light that is held up for somebody outlives a change of profiles. */
		takeOver(before: { wishes: typeof wishes; installation: Installation }): void {
			for (const [index, { externalId }] of lamps.entries()) {
				const old = before.installation.lampIndex.get(externalId);
				if (old !== undefined) wishes.hold(index, before.wishes.heldUntil[old] ?? 0);
			}
		},
		wishes,

		/** Energy since the last call, by segment. */
		takeEnergy: (): EnergyOfSegment[] => meter.take(),
	};
}

export type Controller = ReturnType<typeof createController>;

import type { MqttClient } from 'mqtt';
import { parisClock } from './clock.ts';
import { type DemoLights, lengthOf, safeLevel, standbyWatts } from './lights.ts';
import { noiseOf } from './random.ts';

const secondMilliseconds = 1000;
/** A lamp that fails stays away for so long. */
const outageMilliseconds = 2 * 3_600_000;
const outageShare = 0.004;
const mostWalkers = 30;

interface Walker {
	segment: number;
	along: number;
	/** Metres a second, negative towards the start. */
	speed: number;
}

/** Lamps behind one connection that obey and answer, some that fail, and people who walk and ride under them. */
export function simulateLights(client: MqttClient, lights: DemoLights) {
	const watts = new Map(lights.lamps.map(({ externalId, watts: full }) => [externalId, full]));
	const levels = new Map<string, number>();
	const until = new Map<string, number>();
	const timers = new Set<NodeJS.Timeout>();
	const lengths = lights.segments.map(({ coordinates }) => lengthOf(coordinates));
	const sensorsOf = lights.segments.map(({ externalId }) =>
		lights.sensors.filter(({ segment }) => segment === externalId),
	);
	const ends = lights.segments.map(({ coordinates }) => [coordinates[0], coordinates.at(-1)].map(String));
	const covered = lights.segments.flatMap(({ usage }, index) => (usage === 'tunnel' ? [index] : []));

	const isOut = (lamp: string, at: number) =>
		noiseOf(lamp, Math.floor(at / outageMilliseconds)) < outageShare;
	const say = (topic: string, body: object) => {
		// What is said while the broker is away is not said later: a lamp tells how it is now.
		if (client.connected) client.publish(topic, JSON.stringify(body), { qos: 1 });
	};
	const tellState = (lamp: string, command: string | null) => {
		const level = levels.get(lamp) ?? safeLevel;
		const full = watts.get(lamp) ?? 0;
		say(`lighting/${lamp}/state`, {
			command,
			level,
			watts: Math.round((standbyWatts + ((full - standbyWatts) * level) / 100) * 10) / 10,
		});
	};

	client.on('message', (topic, payload) => {
		const lamp = topic.split('/')[1] ?? '';
		if (!watts.has(lamp) || isOut(lamp, Date.now())) return;
		const setPoint = JSON.parse(payload.toString()) as { id: string; level: number; until: string };
		const timer = setTimeout(
			() => {
				timers.delete(timer);
				levels.set(lamp, setPoint.level);
				until.set(lamp, Date.parse(setPoint.until));
				tellState(lamp, setPoint.id);
			},
			40 + noiseOf(lamp) * 250,
		);
		timers.add(timer);
	});
	client.on('connect', () => {
		client.subscribe('lighting/+/setpoint', { qos: 1 });
		for (const lamp of watts.keys()) if (!isOut(lamp, Date.now())) tellState(lamp, null);
	});

	const walkers: Walker[] = [];
	function enter(byDay: boolean): Walker {
		const streets = byDay ? covered : lights.segments.map((_, index) => index);
		const segment = streets[Math.floor(Math.random() * streets.length)] ?? 0;
		const speed = Math.random() < 0.25 ? 4 + Math.random() * 1.5 : 1.1 + Math.random() * 0.5;
		return {
			segment,
			along: Math.random() * (lengths[segment] ?? 0),
			speed: Math.random() < 0.5 ? speed : -speed,
		};
	}

	function walk(walker: Walker): void {
		const before = walker.along;
		walker.along += walker.speed;
		for (const sensor of sensorsOf[walker.segment] ?? [])
			if ((sensor.alongMeters - before) * (sensor.alongMeters - walker.along) <= 0 && before !== walker.along)
				say(`lighting/${sensor.externalId}/presence`, {});
		const length = lengths[walker.segment] ?? 0;
		if (walker.along >= 0 && walker.along <= length) return;
		const node = ends[walker.segment]?.[walker.along < 0 ? 0 : 1];
		const ways = ends.flatMap((both, index) =>
			index !== walker.segment && both.includes(node ?? '') ? [index] : [],
		);
		const next = ways[Math.floor(Math.random() * ways.length)];
		if (next === undefined) {
			walker.speed = -walker.speed;
			walker.along = Math.min(length, Math.max(0, walker.along));
			return;
		}
		const fromStart = ends[next]?.[0] === node;
		walker.segment = next;
		walker.along = fromStart ? 0 : (lengths[next] ?? 0);
		walker.speed = Math.abs(walker.speed) * (fromStart ? 1 : -1);
	}

	const clock = setInterval(() => {
		const { hours } = parisClock(Date.now());
		const byDay = hours > 8 && hours < 17;
		const wanted = byDay ? 2 : hours >= 17 ? mostWalkers : hours < 5 ? 5 : 15;
		while (walkers.length > wanted) walkers.pop();
		while (walkers.length < wanted) walkers.push(enter(byDay));
		for (const walker of walkers) {
			if (byDay && !covered.includes(walker.segment)) Object.assign(walker, enter(true));
			walk(walker);
		}
		for (const [lamp, end] of until)
			if (end < Date.now()) {
				// Its own watchdog: nobody has spoken to it for too long.
				levels.set(lamp, safeLevel);
				until.delete(lamp);
			}
	}, secondMilliseconds);

	return {
		/** What the meter of a cabinet shows: mean level and watts of its lamps; null before any was told. */
		cabinet(identifier: string): { level: number; watts: number } | null {
			const own = lights.lamps.filter(({ cabinet }) => cabinet === identifier);
			if (!own.length || levels.size === 0) return null;
			let sum = 0;
			let power = 4;
			for (const { externalId, watts: full } of own) {
				const level = levels.get(externalId) ?? safeLevel;
				sum += level;
				power += standbyWatts + ((full - standbyWatts) * level) / 100;
			}
			return { level: Math.round(sum / own.length), watts: Math.round(power) };
		},
		stop(): void {
			clearInterval(clock);
			for (const timer of timers) clearTimeout(timer);
		},
	};
}

import { centreNames, radialNames, ringNames, subjects } from './names.ts';
import { createRandom, smoothNoise } from './random.ts';

/** Metres east and north of the town hall's square. */
export type Point = readonly [number, number];

export interface StreetLine {
	id: string;
	name: string;
	class: 'primary' | 'secondary' | 'residential' | 'pedestrian' | 'service';
	oneWay: boolean;
	/** Consecutive streets share their crossing's point. */
	points: Point[];
}

export interface Network {
	streets: StreetLine[];
	/** The river's middle line, from one edge of the commune to the other. */
	river: Point[];
}

/** Rings of crossings around the square, as the town grew: radius in metres, crossings on it. */
const rings = [
	{ radius: 75, count: 7 },
	{ radius: 150, count: 14 },
	{ radius: 235, count: 14 },
	{ radius: 330, count: 21 },
	{ radius: 470, count: 28 },
	{ radius: 650, count: 28 },
	{ radius: 860, count: 35 },
	{ radius: 1110, count: 35 },
	{ radius: 1400, count: 42 },
] as const;
export const sectorCount = 7;
export const centreRing = 3;
export const communeRadius = 2300;
const riverOffset = -205;

/** Straight lines of a plan become those of a town that grew: everything is moved by the same smooth noise. */
export function grown([x, y]: Point): Point {
	const far = Math.hypot(x, y);
	const amount = 10 + far * 0.11;
	const scale = 420 + far * 0.25;
	return [
		x * 1.08 + smoothNoise('x', x / scale + y / scale / 1.7) * amount + smoothNoise('x2', y / 170) * 9,
		y * 0.93 + smoothNoise('y', y / scale - x / scale / 1.9) * amount + smoothNoise('y2', x / 190) * 9,
	];
}

/** Side of the river: negative to the west. */
const riverSide = ([x, y]: Point) => x - (riverOffset + Math.sin(y / 380) * 70 + y * 0.16);

export function polar(radius: number, turn: number): Point {
	const angle = turn * 2 * Math.PI + Math.PI / 2;
	return [Math.cos(angle) * radius, Math.sin(angle) * radius];
}

/** The streets: rings of crossings joined along the ring and outwards, bridges only on the main roads. */
export function buildNetwork(): Network {
	const random = createRandom(1789);
	const crossings = rings.map(({ radius, count }, ring) =>
		Array.from({ length: count }, (_, i) => {
			const main = i % (count / sectorCount) === 0;
			const jitter = main ? 0 : (random() - 0.5) * 0.5;
			return polar(radius * (1 + (main ? 0 : (random() - 0.5) * 0.16)), (i + jitter) / count + ring * 0.004);
		}),
	);
	const at = (ring: number, i: number): Point => {
		const row = crossings[ring] ?? [];
		return row[((i % row.length) + row.length) % row.length] ?? [0, 0];
	};
	const crossesRiver = (a: Point, b: Point) => riverSide(a) > 0 !== riverSide(b) > 0;
	const streets: StreetLine[] = [];
	const given = new Map<string, number>();
	const kinds = ['Rue', 'Rue', 'Rue', 'Allée', 'Rue', 'Chemin', 'Rue', 'Allée'];
	let next = 0;
	const newName = (kind?: string): string => {
		const subject = subjects[(next * 37) % subjects.length] ?? '';
		const round = Math.floor(next / subjects.length);
		const word = kind ?? kinds[(next + round) % kinds.length] ?? 'Rue';
		next++;
		const name = `${round && !kind ? (word === 'Rue' ? 'Impasse' : 'Square') : word} ${subject}`;
		const times = (given.get(name) ?? 0) + 1;
		given.set(name, times);
		return times === 1 ? name : newName(kind === 'Impasse' ? 'Cour' : kind);
	};
	const add = (name: string, kind: StreetLine['class'], points: Point[], oneWay = false) => {
		// A point between crossings every 60 m or so, so that the line follows the ground.
		const fine = points.flatMap((to, i): Point[] => {
			const from = points[i - 1];
			if (!from) return [to];
			const parts = Math.max(1, Math.round(Math.hypot(to[0] - from[0], to[1] - from[1]) / 60));
			return Array.from({ length: parts }, (_, n): Point => {
				const share = (n + 1) / parts;
				return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
			});
		});
		streets.push({
			id: `rue-${String(streets.length + 1).padStart(3, '0')}`,
			name,
			class: kind,
			oneWay,
			points: fine.map(grown),
		});
	};

	const centre = [...centreNames];
	for (let sector = 0; sector < sectorCount; sector++) {
		const main = rings.map(({ count }, ring) => at(ring, (sector * count) / sectorCount));
		add(centre.shift() ?? newName(), 'pedestrian', [[0, 0], ...main.slice(0, 3)]);
		add(radialNames[sector] ?? newName('Avenue'), 'primary', [
			...main.slice(2),
			polar(communeRadius * 0.97, sector / sectorCount + 0.03),
		]);
	}
	for (const [ring, { count }] of rings.entries()) {
		const span = count / sectorCount;
		for (let sector = 0; sector < sectorCount; sector++) {
			const line = Array.from({ length: span + 1 }, (_, n) => at(ring, sector * span + n));
			const kind =
				ring < centreRing ? 'pedestrian' : ring === centreRing || ring === 6 ? 'secondary' : 'residential';
			// Where the ring meets the river without a bridge it stops at the bank.
			const pieces: Point[][] = [[]];
			for (const [n, point] of line.entries()) {
				const before = line[n - 1];
				if (before && crossesRiver(before, point) && ring !== centreRing && ring !== 6) pieces.push([]);
				pieces.at(-1)?.push(point);
			}
			for (const piece of pieces.filter((points) => points.length > 1)) {
				const name =
					ring === centreRing || ring === 6
						? `${ringNames[ring]} ${['Nord', 'Ouest', 'Sud-Ouest', 'Sud', 'Sud-Est', 'Est', 'Nord-Est'][sector]}`
						: ring < centreRing
							? (centre.shift() ?? newName())
							: newName();
				add(name, kind, piece, ring < centreRing && random() < 0.5);
			}
		}
	}
	for (let ring = 0; ring + 1 < rings.length; ring++) {
		const inner = rings[ring]?.count ?? 1;
		const outer = rings[ring + 1]?.count ?? 1;
		for (let i = 0; i < outer; i++) {
			if (i % (outer / sectorCount) === 0) continue;
			const from = at(ring, Math.round((i * inner) / outer));
			const to = at(ring + 1, i);
			if (crossesRiver(from, to) || random() < (ring < 4 ? 0.08 : 0.3)) continue;
			add(
				ring < 2 && centre.length ? (centre.shift() ?? newName()) : newName(),
				ring < 3 ? 'pedestrian' : 'residential',
				[from, to],
				ring < 4 && random() < 0.35,
			);
		}
	}
	// Culs-de-sac of the newer quarters.
	for (const ring of [6, 7, 8])
		for (const [i, from] of (crossings[ring] ?? []).entries()) {
			if (random() < 0.55) continue;
			const [x, y] = from;
			const turn = (random() - 0.5) * 1.6;
			const length = 80 + random() * 110;
			const angle = Math.atan2(y, x) + turn;
			const to: Point = [x + Math.cos(angle) * length, y + Math.sin(angle) * length];
			if (crossesRiver(from, to)) continue;
			add(newName('Impasse'), i % 9 === 0 ? 'service' : 'residential', [from, to]);
		}

	const river = Array.from({ length: 81 }, (_, n): Point => {
		const y = communeRadius * 1.1 - (n / 80) * communeRadius * 2.2;
		return grown([riverOffset + Math.sin(y / 380) * 70 + y * 0.16, y]);
	});
	return { streets, river };
}

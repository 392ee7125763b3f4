import { toDegrees } from './geography.ts';
import { buildNetwork, type Point, type StreetLine } from './network.ts';

interface Node {
	id: number;
	at: Point;
	/** Pieces of streets that begin or end here. */
	pieces: Piece[];
	tags: Record<string, string>;
}

/** A street between two crossings: a way of its own, so that limits and turns can be said of it. */
interface Piece {
	id: number;
	street: StreetLine;
	nodes: Node[];
	tags: Record<string, string>;
}

const maxspeed: Record<StreetLine['class'], string | null> = {
	primary: '50',
	secondary: '50',
	residential: '30',
	pedestrian: null,
	service: null,
};

/**
 * The town's own streets as an OpenStreetMap extract (XML 0.6): classes, names, one-ways, speeds, traffic lights, an old
 * bridge with a weight limit, a low railway bridge, turns that are forbidden. All invented, as the town is.
 */
export function buildExtract(): string {
	const { streets, river } = buildNetwork();
	const { nodes, pieces } = cut(streets);
	const bridges = pieces.filter(({ nodes: line }) => crosses(line, river));
	for (const { tags } of bridges) Object.assign(tags, { bridge: 'yes', layer: '1' });
	const oldBridge = bridges.find(({ street }) => street.class === 'secondary');
	if (oldBridge) oldBridge.tags.maxweight = '12';
	const low = pieces.find(
		({ street, nodes: line }) =>
			street.class === 'residential' &&
			!street.oneWay &&
			Math.hypot(...(line[0]?.at ?? [0, 0])) > 600 &&
			[line[0], line.at(-1)].every((end) => (end?.pieces.length ?? 0) > 2),
	);
	if (low) Object.assign(low.tags, { maxheight: '3.2', tunnel: 'yes', layer: '-1' });
	const crossings = nodes.filter(
		({ pieces: meeting }) =>
			meeting.length > 3 &&
			new Set(meeting.map(({ street }) => street.class)).size > 1 &&
			meeting.every(isMain),
	);
	for (const { tags } of crossings) tags.highway = 'traffic_signals';
	return write(nodes, pieces, forbiddenTurns(crossings));
}

const isMain = ({ street }: Piece) => street.class === 'primary' || street.class === 'secondary';

function cut(streets: readonly StreetLine[]): { nodes: Node[]; pieces: Piece[] } {
	const nodes = new Map<string, Node>();
	const uses = new Map<string, number>();
	const key = (point: Point) => toDegrees(point).join(' ');
	for (const { points } of streets)
		for (const [i, point] of points.entries()) {
			const ends = i === 0 || i === points.length - 1;
			uses.set(key(point), (uses.get(key(point)) ?? 0) + (ends ? 2 : 1));
		}
	const nodeAt = (point: Point): Node => {
		const name = key(point);
		const known = nodes.get(name) ?? { id: nodes.size + 1, at: point, pieces: [], tags: {} };
		nodes.set(name, known);
		return known;
	};
	const pieces: Piece[] = [];
	for (const street of streets) {
		let line: Node[] = [];
		for (const point of street.points) {
			const node = nodeAt(point);
			line.push(node);
			if (line.length < 2 || (uses.get(key(point)) ?? 0) < 2) continue;
			const piece = { id: pieces.length + 1, street, nodes: line, tags: tagsOf(street) };
			pieces.push(piece);
			line[0]?.pieces.push(piece);
			node.pieces.push(piece);
			line = [node];
		}
	}
	return { nodes: [...nodes.values()], pieces };
}

function tagsOf({ class: kind, name, oneWay }: StreetLine): Record<string, string> {
	const speed = maxspeed[kind];
	return {
		highway: kind,
		name,
		...(oneWay && { oneway: 'yes' }),
		...(speed && { maxspeed: speed }),
		// Deliveries and the town's own trucks go where shoppers walk.
		...(kind === 'pedestrian' && { motor_vehicle: 'destination' }),
	};
}

function crosses(line: readonly Node[], river: readonly Point[]): boolean {
	const side = ([ax, ay]: Point, [bx, by]: Point, [x, y]: Point) =>
		(bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0;
	return line.some(({ at: b }, i) => {
		const a = line[i - 1]?.at;
		return (
			a !== undefined &&
			river.some((d, j) => {
				const c = river[j - 1];
				return c !== undefined && side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
			})
		);
	});
}

interface Turn {
	kind: string;
	key: string;
	from: Piece;
	via: Node;
	to: Piece;
}

/** At every third crossing with lights one left turn is forbidden, at another one goes straight on, at rush hour or always. */
function forbiddenTurns(crossings: readonly Node[]): Turn[] {
	return crossings.flatMap((via, i): Turn[] => {
		if (i % 3 === 2) return [];
		const from = via.pieces.find(({ street }) => street.class === 'primary');
		if (!from) return [];
		const direction = (piece: Piece) => {
			const line = piece.nodes[0] === via ? piece.nodes : piece.nodes.toReversed();
			const [x, y] = line[1]?.at ?? via.at;
			return Math.atan2(y - via.at[1], x - via.at[0]);
		};
		const coming = direction(from) + Math.PI;
		const turns = via.pieces
			.filter((piece) => piece !== from)
			.map((piece) => {
				const angle = direction(piece) - coming;
				return { piece, angle: Math.atan2(Math.sin(angle), Math.cos(angle)) };
			})
			.toSorted((a, b) => b.angle - a.angle);
		const left = turns[0]?.piece;
		const straight = turns.toSorted((a, b) => Math.abs(a.angle) - Math.abs(b.angle))[0]?.piece;
		if (!left || !straight || left === straight) return [];
		if (i % 6 === 4)
			return [
				{ kind: 'no_left_turn @ (Mo-Fr 07:30-09:00)', key: 'restriction:conditional', from, via, to: left },
			];
		return i % 6 === 1
			? [{ kind: 'only_straight_on', key: 'restriction', from, via, to: straight }]
			: [{ kind: 'no_left_turn', key: 'restriction', from, via, to: left }];
	});
}

const escaped = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
const write = (nodes: readonly Node[], pieces: readonly Piece[], turns: readonly Turn[]): string => {
	const tags = (of: Record<string, string>) =>
		Object.entries(of)
			.map(([k, v]) => `<tag k="${k}" v="${escaped(v)}"/>`)
			.join('');
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		'<osm version="0.6" generator="demo-town">',
		...nodes.map(({ id, at, tags: of }) => {
			const [longitude, latitude] = toDegrees(at);
			return `<node id="${id}" lat="${latitude}" lon="${longitude}">${tags(of)}</node>`;
		}),
		...pieces.map(
			({ id, nodes: line, tags: of }) =>
				`<way id="${id}">${line.map((node) => `<nd ref="${node.id}"/>`).join('')}${tags(of)}</way>`,
		),
		...turns.map(
			({ kind, key, from, via, to }, i) =>
				`<relation id="${i + 1}"><member type="way" ref="${from.id}" role="from"/><member type="node" ref="${via.id}" role="via"/><member type="way" ref="${to.id}" role="to"/>${tags({ type: 'restriction', [key]: kind })}</relation>`,
		),
		'</osm>\n',
	].join('\n');
};

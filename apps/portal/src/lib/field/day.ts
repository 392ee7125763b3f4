import type { FieldDay } from '@parvis/operations';
import type { KeptAction } from './store.ts';

/** A value as it comes out of JSON: instants are texts. */
export type Sent<T> = T extends Date
	? string
	: T extends readonly (infer Item)[]
		? Sent<Item>[]
		: T extends object
			? { [Key in keyof T]: Sent<T[Key]> }
			: T;
export type Day = Sent<FieldDay>;
export type DayRound = Day['rounds'][number];
export type DayStop = DayRound['stops'][number];
export type DayIntervention = Day['interventions'][number];

/** The day as it is once everything this phone has done has arrived. */
export function withActions(day: Day, actions: readonly KeptAction[]): Day {
	const shown = structuredClone(day);
	for (const { body, at, state, personId, personName } of actions) {
		if (state === 'conflict' || state === 'refused') continue;
		if (body.on === 'round') {
			const round = shown.rounds.find(({ id }) => id === body.roundId);
			if (round) applyToRound(round, body, at, { id: personId, name: personName });
		} else if (body.on === 'intervention') {
			const intervention = shown.interventions.find(({ id }) => id === body.interventionId);
			if (intervention) applyToIntervention(intervention, body, at, personId, personName);
		}
	}
	return shown;
}

type RoundBody = Extract<KeptAction['body'], { on: 'round' }>;
type InterventionBody = Extract<KeptAction['body'], { on: 'intervention' }>;

function applyToRound(
	round: DayRound,
	body: RoundBody,
	at: string,
	driver: { id: string; name: string },
): void {
	if (body.kind === 'start') {
		round.driver ??= driver;
		round.startedAt ??= at;
		if (round.status === 'planned') round.status = 'under_way';
		return;
	}
	if (body.kind === 'finish') {
		round.status = 'done';
		round.finishedAt ??= at;
		return;
	}
	const stop = round.stops.find(({ id }) => id === body.stopId);
	if (stop?.state !== 'waiting') return;
	stop.state = body.kind === 'could_not' ? 'could_not' : 'done';
	stop.doneAt = at;
	stop.reason = (body.reason ?? null) as DayStop['reason'];
	stop.note = body.note ?? null;
	stop.fillPercent = body.fillPercent ?? null;
	if (stop.kind === 'container') {
		if (stop.state === 'done') round.counts.done++;
		else round.counts.couldNot++;
	}
}

const closed: readonly DayIntervention['status'][] = ['done', 'could_not', 'cancelled'];
export const isClosed = ({ status }: Pick<DayIntervention, 'status'>): boolean => closed.includes(status);

function applyToIntervention(
	intervention: DayIntervention,
	body: InterventionBody,
	at: string,
	id: string,
	name: string,
): void {
	if (isClosed(intervention)) return;
	const stopWorking = () => {
		const mine = intervention.working.find((entry) => entry.id === id);
		if (!mine) return;
		intervention.timeSpentMinutes += Math.max(0, (Date.parse(at) - Date.parse(mine.since)) / 60_000);
		intervention.working = intervention.working.filter((entry) => entry.id !== id);
	};
	switch (body.kind) {
		case 'start':
			intervention.status = 'in_progress';
			if (!intervention.working.some((entry) => entry.id === id))
				intervention.working.push({ id, name, since: at });
			break;
		case 'pause':
			stopWorking();
			break;
		case 'check': {
			const item = intervention.checklist.find((entry) => entry.id === body.itemId);
			if (item) item.checkedAt = body.checked ? at : null;
			break;
		}
		case 'material':
			intervention.materials.push({
				id: `${at}-${body.name}`,
				name: body.name ?? '',
				quantity: body.quantity ?? 1,
				unit: body.unit ?? '',
				by: name,
				usedAt: at,
			});
			break;
		case 'done':
		case 'could_not':
			stopWorking();
			intervention.status = body.kind;
			intervention.closedAt = at;
			break;
	}
}

/** What comes next on a round: the first stop that waits. */
export const nextStop = (round: DayRound): DayStop | undefined =>
	round.stops.find(({ state }) => state === 'waiting');

/** What the office changed between two readings of a day, for a calm word about it. */
export type DayChange =
	| { kind: 'urgent' | 'added' | 'removed'; title: string; href: string | null }
	| { kind: 'round'; title: string; href: string; added: number; removed: number; moved: boolean }
	| { kind: 'round_added' | 'round_removed'; title: string; href: string | null };

const waiting = (round: DayRound) =>
	round.stops.filter(({ state }) => state === 'waiting').map(({ id }) => id);

export function changesBetween(before: Day, after: Day): DayChange[] {
	const changes: DayChange[] = [];
	if (before.day !== after.day || before.person.id !== after.person.id) return changes;
	const former = new Map(before.interventions.map((entry) => [entry.id, entry]));
	for (const entry of after.interventions) {
		const known = former.get(entry.id);
		former.delete(entry.id);
		const title = `${entry.number} ${entry.title}`;
		const href = `/terrain/intervention/${entry.id}`;
		if (entry.priority === 'urgent' && known?.priority !== 'urgent' && !isClosed(entry))
			changes.push({ kind: 'urgent', title, href });
		else if (!known && !isClosed(entry)) changes.push({ kind: 'added', title, href });
	}
	for (const gone of former.values())
		if (!isClosed(gone)) changes.push({ kind: 'removed', title: `${gone.number} ${gone.title}`, href: null });

	const rounds = new Map(before.rounds.map((round) => [round.id, round]));
	for (const round of after.rounds) {
		const known = rounds.get(round.id);
		rounds.delete(round.id);
		const href = `/terrain/tournee/${round.id}`;
		if (!known) {
			changes.push({ kind: 'round_added', title: round.vehicle.name, href });
			continue;
		}
		const now = waiting(round);
		const was = new Set(known.stops.map(({ id }) => id));
		const still = new Set(round.stops.map(({ id }) => id));
		const added = now.filter((id) => !was.has(id)).length;
		const removed = waiting(known).filter((id) => !still.has(id)).length;
		// Those that wait in both readings, in the order of each.
		const shared = (ids: string[], others: ReadonlySet<string>) => ids.filter((id) => others.has(id));
		const formerOrder = shared(waiting(known), new Set(now));
		const moved = shared(now, new Set(formerOrder)).some((id, n) => id !== formerOrder[n]);
		if (added || removed || moved)
			changes.push({ kind: 'round', title: round.vehicle.name, href, added, removed, moved });
	}
	for (const gone of rounds.values())
		if (gone.status !== 'done') changes.push({ kind: 'round_removed', title: gone.vehicle.name, href: null });
	return changes;
}

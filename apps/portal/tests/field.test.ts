import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesBetween, type Day, nextStop, withActions } from '../src/lib/field/day.ts';
import { newActionId } from '../src/lib/field/id.ts';
import { graceLeft } from '../src/lib/field/outbox.ts';
import { assetsOf } from '../src/lib/field/shell.ts';
import type { ActionBody, KeptAction } from '../src/lib/field/store.ts';
import { viewOf } from '../src/lib/field/views.ts';

const me = { id: 'p1', name: 'Karim' };
const stop = (id: string) => ({
	id,
	kind: 'container',
	container: { name: id, flow: { name: { fr: 'Verre', en: 'Glass' } } },
	site: null,
	state: 'waiting',
	doneAt: null,
	reason: null,
	note: null,
	fillPercent: null,
});
const intervention = (id: string, more: object = {}) => ({
	id,
	number: `I-${id}`,
	title: id,
	priority: 'normal',
	status: 'planned',
	working: [],
	timeSpentMinutes: 0,
	checklist: [{ id: 'c1', label: 'Baliser', checkedAt: null, checkedBy: null }],
	materials: [],
	closedAt: null,
	...more,
});
const day = (more: object = {}) =>
	({
		person: me,
		day: '2026-11-24',
		rounds: [
			{
				id: 'r1',
				vehicle: { name: 'Camion' },
				driver: me,
				status: 'under_way',
				startedAt: null,
				finishedAt: null,
				counts: { total: 3, done: 0, couldNot: 0 },
				stops: ['a', 'b', 'c'].map(stop),
			},
		],
		interventions: [intervention('x')],
		categories: [],
		positionDays: 30,
		...more,
	}) as unknown as Day;
const action = (
	body: ActionBody,
	at = '2026-11-24T09:00:00.000Z',
	state: KeptAction['state'] = 'waiting',
): KeptAction => ({
	id: newActionId(),
	personId: me.id,
	personName: me.name,
	at,
	body,
	label: '',
	state,
});
const done = (stopId: string) => action({ on: 'round', roundId: 'r1', stopId, kind: 'done' });

test('ids are UUIDv7, all different, and sort as they were made, whatever the clock does', () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 41 }), { minLength: 2, maxLength: 60 }), (clock) => {
			const ids = clock.map((now) => newActionId(now));
			expect(new Set(ids).size).toBe(ids.length);
			expect(ids).toEqual(ids.toSorted());
			for (const id of ids)
				expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
		}),
	);
});

test('the day shows what was done here, once, and not what was refused', () => {
	const start = action({ on: 'intervention', interventionId: 'x', version: 1, kind: 'start' });
	const end = action(
		{ on: 'intervention', interventionId: 'x', version: 1, kind: 'done' },
		'2026-11-24T09:30:00.000Z',
	);
	const actions = [done('a'), { ...done('b'), state: 'refused' as const }, done('a'), start, end];
	const shown = withActions(day(), actions);
	expect(shown.rounds[0]?.counts).toMatchObject({ done: 1, couldNot: 0 });
	expect(shown.rounds[0] && nextStop(shown.rounds[0])?.id).toBe('b');
	expect(shown.interventions[0]).toMatchObject({ status: 'done', timeSpentMinutes: 30, working: [] });
	// Read again with all of it inside, it is the same.
	expect(withActions(shown, actions)).toEqual(shown);
	expect(day().rounds[0]?.counts.done, 'the day as it was read is left alone').toBe(0);
});

test('what the office changed is told, what was done here is not', () => {
	const before = withActions(day(), [done('a')]);
	expect(changesBetween(before, before)).toEqual([]);
	expect(changesBetween(day(), before)).toEqual([]);
	const replanned = day({ interventions: [intervention('x', { priority: 'urgent' }), intervention('y')] });
	const [round] = replanned.rounds;
	if (round) round.stops = [stop('d'), stop('c'), stop('b')] as unknown as typeof round.stops;
	expect(changesBetween(day(), replanned)).toMatchObject([
		{ kind: 'urgent', title: 'I-x x' },
		{ kind: 'added', title: 'I-y y' },
		{ kind: 'round', added: 1, removed: 1, moved: true },
	]);
	expect(changesBetween(day(), day({ rounds: [], interventions: [] })).map(({ kind }) => kind)).toEqual([
		'removed',
		'round_removed',
	]);
	expect(changesBetween(day(), day({ day: '2026-11-25', interventions: [] })), 'another day').toEqual([]);
});

test('an action may be taken back for some seconds, and never once it was tried', () => {
	const at = Date.parse('2026-11-24T09:00:00.000Z');
	const kept = done('a');
	expect(graceLeft(kept, at)).toBeGreaterThan(0);
	expect(graceLeft(kept, at + 60_000)).toBe(0);
	expect(graceLeft(kept, at - 60_000), 'a clock set back').toBe(0);
	expect(graceLeft({ ...kept, tried: true }, at)).toBe(0);
});

test('each address of the field is a view, others are none', () => {
	const id = newActionId();
	expect(viewOf('/terrain')).toEqual({ name: 'day' });
	expect(viewOf('/terrain/')).toEqual({ name: 'day' });
	expect(viewOf(`/terrain/tournee/${id}`)).toEqual({ name: 'round', id });
	expect(viewOf(`/terrain/intervention/${id}`)).toEqual({ name: 'intervention', id });
	expect(viewOf('/terrain/envois')).toEqual({ name: 'outbox' });
	for (const path of [
		'/terrainx',
		'/terrain/tournee',
		'/terrain/tournee/1',
		`/terrain/tournee/${id}/x`,
		'/terrain/quoi',
	])
		expect(viewOf(path), path).toBeNull();
});

test('the files a document needs are its own site’s', () => {
	const html = `<link href="/_app/immutable/a.css" rel="stylesheet"><link rel="modulepreload" href="/_app/immutable/b.js">
		<link rel="stylesheet" href="/couleurs.css?v=1&amp;x=2"><a href="/compte">x</a><script>import("/_app/immutable/c.js")</script>
		<img src="https://example.org/_app/d.js">`;
	expect(assetsOf(html).sort()).toEqual([
		'/_app/immutable/a.css',
		'/_app/immutable/b.js',
		'/_app/immutable/c.js',
		'/couleurs.css?v=1&x=2',
	]);
});

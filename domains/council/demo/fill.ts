import { existsSync } from 'node:fs';
import { type Result, renderPdf, system } from '@parvis/platform';
import { createDeliberations } from '../acts/deliberations.ts';
import { createActs } from '../acts/list.ts';
import { createMinutes } from '../acts/minutes.ts';
import { createAnnexes } from '../annexes/annexes.ts';
import { createBodies } from '../bodies.ts';
import type { Context } from '../context.ts';
import type { Council } from '../face.ts';
import { createMeetings } from '../meetings.ts';
import { ffmpegPath } from '../programme/packager.ts';
import { createSessions } from '../sessions.ts';
import { readSitting } from '../sitting.ts';
import {
	councillors,
	type DemoItem,
	type DemoMeeting,
	heldMeetings,
	laterItems,
	nextItems,
} from './content.ts';
import { reportOf } from './report.ts';
import { slidesOf, withVideo } from './video.ts';

const day = 86_400_000;
const minute = 60_000;
/** How fast the invented people speak: characters a second. */
const speakingPace = 15;

/**
 * Give the demonstration a council: meetings that were held, one that can be opened at once and one still to come, lived
 * through by the room's own use cases with a clock that starts in the past. Nothing happens where there is a body already.
 * @throws outside a demonstration
 */
export async function fillDemo(
	real: Context,
	{ programme, captions }: Pick<Council, 'programme' | 'captions'>,
	beginning = new Date(),
): Promise<void> {
	if (!real.platform.config.demo) throw new Error('a demonstration only');
	const clock = { now: beginning };
	const context: Context = { ...real, now: () => clock.now };
	const bodies = createBodies(context);
	if ((await bodies.list(system)).length) return;
	const meetings = createMeetings(context);
	const annexes = createAnnexes(context);
	const sessions = createSessions(context);
	const deliberations = createDeliberations(context);
	const minutes = createMinutes(context);
	const acts = createActs(context);
	const at = (days: number, minutes = 0) => new Date(beginning.getTime() + days * day + minutes * minute);
	/** Half past six in the evening, that many days away, by the clock of UTC+1. */
	const evening = (days: number) => new Date(Math.floor(at(days).getTime() / day) * day + 17.5 * 60 * minute);

	const council = must(
		await bodies.create(system, { name: 'Conseil municipal', kind: 'council', inhabitants: 14_100 }),
	);
	must(
		await bodies.create(system, {
			name: 'Conseil communautaire de la vallée de l’Orle',
			kind: 'community',
			inhabitants: 41_000,
			remoteCounts: true,
		}),
	);
	// Invented, with a check digit that holds.
	must(
		await bodies.change(system, council.id, {
			siret: '21990000100013',
			prefecture: 'PREF099',
			classificationOn: '2026-01-01',
		}),
	);
	const accounts = await context.identity.ensureDemoMembers(councillors.map(([name]) => name));
	const seats: string[] = [];
	for (const [n, [name, party]] of councillors.entries()) {
		const { id } = must(
			await bodies.seat(system, council.id, {
				name,
				party,
				role: n === 0 ? 'chair' : n < 4 ? 'deputy' : 'member',
				email: accounts[n]?.email,
				personId: accounts[n]?.id,
				startsOn: at(-200).toISOString().slice(0, 10),
			}),
		);
		seats.push(id);
	}

	const places = new Map<string, string>();
	for (const slug of new Set(
		[...heldMeetings.flatMap((one) => one.items), ...nextItems].flatMap(({ place }) => place ?? []),
	)) {
		const place = await context.town.places.get(slug);
		if (place) places.set(slug, place.id);
	}

	async function prepare(
		title: string,
		startsAt: Date,
		sentDays: number,
		items: readonly DemoItem[],
	): Promise<string> {
		clock.now = at(sentDays);
		const { id } = must(
			await meetings.create(system, {
				bodyId: council.id,
				title,
				startsAt,
				place: 'Salle du conseil, hôtel de ville',
				synthesis:
					'Cette séance appartient à une démonstration : les personnes et les décisions sont inventées.',
			}),
		);
		for (const item of items) {
			const { title: itemTitle, draft, matter, place, speeches } = item;
			const { id: itemId } = must(
				await meetings.addItem(system, id, {
					kind: 'deliberation',
					title: itemTitle,
					draft,
					matterCode: matter,
					placeId: place ? (places.get(place) ?? null) : null,
					rapporteurId: seats[speeches[0]?.speaker ?? 1],
				}),
			);
			must(
				await annexes.add(system, id, {
					itemId,
					title: 'Rapport de présentation',
					fileName: 'rapport.pdf',
					content: await renderPdf(reportOf(item, clock.now)),
				}),
			);
		}
		must(await meetings.addItem(system, id, { kind: 'question', title: 'Questions orales' }));
		must(await meetings.convene(system, id));
		return id;
	}

	/** A recording drawn from the record, with what was said; without ffmpeg there is none, and the pages say so. */
	async function film(
		id: string,
		openedAt: Date,
		said: readonly { at: Date; seconds: number; text: string; seatId: string | undefined }[],
	): Promise<void> {
		const sitting = await readSitting(context.db, id, clock.now);
		if (!sitting || !existsSync(ffmpegPath)) return;
		await withVideo(slidesOf(sitting), (inputs) => programme.recordFile(id, openedAt, inputs));
		for (const { at: from, seconds, text, seatId } of said)
			must(
				await captions.add(system, id, {
					position: (from.getTime() - openedAt.getTime()) / 1000,
					durationSeconds: Math.max(0.5, seconds),
					text,
					seatId,
				}),
			);
	}

	/** Live through a meeting by the record, as its clerk would. */
	async function hold({ title, days, items, away }: DemoMeeting): Promise<void> {
		const startsAt = evening(days);
		const id = await prepare(title, startsAt, days - 9, items);
		const meeting = await meetings.get(system, id);
		for (const [giver, holder] of away)
			if (holder !== null)
				must(
					await meetings.giveProxy(system, id, {
						giverId: seats[giver] ?? '',
						holderId: seats[holder] ?? '',
						ill: false,
					}),
				);
		clock.now = new Date(startsAt.getTime() - 2 * minute);
		const act = async (action: object, secondsLater = 2) => {
			clock.now = new Date(clock.now.getTime() + secondsLater * 1000);
			must(await sessions.act(system, id, action));
		};
		const absent = new Set(away.map(([giver]) => giver));
		for (const [n, seatId] of seats.entries()) if (!absent.has(n)) await act({ kind: 'arrive', seatId });
		clock.now = startsAt;
		const openedAt = new Date(startsAt.getTime() + 2000);
		const said: { at: Date; seconds: number; text: string; seatId: string | undefined }[] = [];
		await act({ kind: 'open' });
		await act({ kind: 'name_secretary', seatId: seats[5] });
		for (const [n, { speeches, vote }] of items.entries()) {
			await act({ kind: 'take_item', itemId: meeting?.items[n]?.id }, 3);
			for (const { speaker, text } of speeches) {
				await act({ kind: 'raise_hand', seatId: seats[speaker] });
				await act({ kind: 'give_floor', seatId: seats[speaker] });
				let at = clock.now.getTime();
				for (const sentence of text.match(/[^.?!]+[.?!]+\s*/g) ?? [text]) {
					const seconds = sentence.length / speakingPace;
					said.push({ at: new Date(at), seconds, text: sentence.trim(), seatId: seats[speaker] });
					at += seconds * 1000;
				}
				await act({ kind: 'take_floor_back' }, text.length / speakingPace);
			}
			await act({
				kind: 'open_vote',
				method: vote.method,
				...(vote.method === 'secret' && { ground: 'appointment' }),
			});
			const voters = (await sessions.state(system, id))?.votes.at(-1)?.voters ?? [];
			const choiceOf = (seatId: string) => {
				const who = seats.indexOf(seatId);
				return vote.against?.includes(who)
					? 'against'
					: vote.abstention?.includes(who)
						? 'abstention'
						: 'for';
			};
			if (vote.method === 'hands') {
				const counted = (choice: string) => voters.filter((seatId) => choiceOf(seatId) === choice).length;
				await act(
					{
						kind: 'count_hands',
						for: counted('for'),
						against: counted('against'),
						abstention: counted('abstention'),
					},
					6,
				);
				continue;
			}
			for (const seatId of voters) await act({ kind: 'vote', seatId, choice: choiceOf(seatId) }, 0.5);
			await act({ kind: 'close_vote' });
		}
		await act({ kind: 'close' }, 6);
		await film(id, openedAt, said);
		const day = clock.now.toISOString().slice(0, 10);
		must(await acts.postList(system, id));
		must(await deliberations.signAll(system, id, day));
		must(await deliberations.publishAll(system, id));
		must(await minutes.save(system, id, { text: must(await minutes.draft(system, id)).text, base: 0 }));
	}

	for (const meeting of heldMeetings) await hold(meeting);
	await prepare('Séance à ouvrir', evening(0), -8, nextItems);
	await prepare('Séance du mois prochain', evening(24), -1, laterItems);
}

function must<Value>(result: Result<Value>): Value {
	if (result.ok) return result.value;
	throw new Error(`${result.error} ${JSON.stringify(result.detail ?? {})}`);
}

import { type Result, system } from '@parvis/platform';
import { createDeliberations } from './acts/deliberations.ts';
import { createBodies } from './bodies.ts';
import type { Context } from './context.ts';
import { createMeetings } from './meetings.ts';
import { createSessions } from './sessions.ts';

const day = 86_400_000;
const minute = 60_000;

/** Invented councillors: name, group. The first is in the chair, the next three are deputies. */
const councillors: readonly (readonly [string, string])[] = [
	['Hélène Vasseur', 'Valbrune ensemble'],
	['Marc Oudin', 'Valbrune ensemble'],
	['Fatou Diallo', 'Valbrune ensemble'],
	['Pierre Lemoine', 'Valbrune ensemble'],
	['Claire Rousseau', 'Valbrune ensemble'],
	['Amine Cherif', 'Valbrune ensemble'],
	['Louise Perrin', 'Valbrune ensemble'],
	['Jean-Paul Morel', 'Valbrune ensemble'],
	['Sandra Costa', 'Valbrune ensemble'],
	['Étienne Garnier', 'Les rives de l’Orle'],
	['Mireille Aubert', 'Les rives de l’Orle'],
	['Yanis Belkacem', 'Les rives de l’Orle'],
	['Sophie Marchal', 'Les rives de l’Orle'],
	['Bruno Jacquet', 'Sans étiquette'],
	['Anne Le Goff', 'Sans étiquette'],
];

const drafts: readonly (readonly [title: string, draft: string, matter: string])[] = [
	[
		'Horaires d’été de la piscine des Tilleuls',
		'Le conseil, après en avoir délibéré, fixe l’ouverture de la piscine de 7 h 30 à 21 h du 1er juin au 15 septembre, au vu de la fréquentation mesurée ces deux derniers étés.',
		'9.1',
	],
	[
		'Budget participatif : enveloppe de l’année',
		'Le conseil décide d’inscrire 120 000 € au budget participatif et approuve ses règles de vote, publiées avec l’appel.',
		'7.1',
	],
	[
		'Extinction de l’éclairage public entre minuit et 5 heures',
		'Le conseil approuve l’extinction de l’éclairage des zones d’activité entre minuit et 5 heures, hors carrefours.',
		'6.1',
	],
];

/**
 * Give the demonstration a council: a meeting that was held, one that can be opened at once and one still to come, lived
 * through by the room's own use cases with a clock that starts in the past. Nothing happens where there is a body already.
 * @throws outside a demonstration
 */
export async function fillDemo(real: Context, beginning = new Date()): Promise<void> {
	if (!real.platform.config.demo) throw new Error('a demonstration only');
	const clock = { now: beginning };
	const context: Context = { ...real, now: () => clock.now };
	const bodies = createBodies(context);
	if ((await bodies.list(system)).length) return;
	const meetings = createMeetings(context);
	const sessions = createSessions(context);
	const deliberations = createDeliberations(context);
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

	async function prepare(
		title: string,
		startsAt: Date,
		sentDays: number,
		items: typeof drafts,
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
		for (const [n, [item, draft, matterCode]] of items.entries())
			must(
				await meetings.addItem(system, id, {
					kind: 'deliberation',
					title: item,
					draft,
					matterCode,
					rapporteurId: seats[1 + (n % 3)],
				}),
			);
		must(await meetings.addItem(system, id, { kind: 'question', title: 'Questions orales' }));
		must(await meetings.convene(system, id));
		return id;
	}

	const held = await prepare('Séance ordinaire', evening(-21), -30, drafts);
	const meeting = await meetings.get(system, held);
	must(
		await meetings.giveProxy(system, held, {
			giverId: seats[8] ?? '',
			holderId: seats[4] ?? '',
			ill: false,
		}),
	);
	clock.now = evening(-21);
	const act = async (action: object, seconds = 20) => {
		clock.now = new Date(clock.now.getTime() + seconds * 1000);
		must(await sessions.act(system, held, action));
	};
	for (const seatId of seats.filter((_, n) => n !== 8 && n !== 13)) await act({ kind: 'arrive', seatId }, 4);
	await act({ kind: 'open' });
	await act({ kind: 'name_secretary', seatId: seats[5] });
	for (const [n, item] of (meeting?.items ?? []).filter(({ kind }) => kind === 'deliberation').entries()) {
		await act({ kind: 'take_item', itemId: item.id });
		for (const speaker of [1 + n, 9 + n, 0]) {
			await act({ kind: 'raise_hand', seatId: seats[speaker] });
			await act({ kind: 'give_floor', seatId: seats[speaker] }, 15);
			await act({ kind: 'take_floor_back' }, 90 + 40 * n);
		}
		if (n === 1) {
			await act({ kind: 'open_vote', method: 'hands' });
			await act({ kind: 'count_hands', for: 14, against: 0, abstention: 0 });
			continue;
		}
		await act({ kind: 'open_vote', method: 'public' });
		const state = await sessions.state(system, held);
		for (const seatId of state?.votes.at(-1)?.voters ?? []) {
			const group = seats.indexOf(seatId);
			const choice = n === 2 && group > 8 ? (group === 12 ? 'abstention' : 'against') : 'for';
			await act({ kind: 'vote', seatId, choice }, 2);
		}
		await act({ kind: 'close_vote' });
	}
	await act({ kind: 'close' }, 600);
	must(
		await deliberations.saveMinutes(system, held, must(await deliberations.draftMinutes(system, held)).text),
	);

	await prepare('Séance à ouvrir', evening(0), -8, drafts.slice(0, 2));
	await prepare('Séance du mois prochain', evening(24), -1, drafts.slice(2));
}

function must<Value>(result: Result<Value>): Value {
	if (result.ok) return result.value;
	throw new Error(`${result.error} ${JSON.stringify(result.detail ?? {})}`);
}

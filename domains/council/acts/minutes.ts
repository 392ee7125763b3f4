import type { Sitting } from '../sitting.ts';

const time = (at: Date) =>
	at.toLocaleTimeString('fr-FR', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' });
const words = {
	for: 'Pour',
	against: 'Contre',
	abstention: 'Abstention',
	not_taking_part: 'Ne prend pas part au vote',
};

/**
 * Draft of the procès-verbal from the record, with what the law asks since 1 July 2022 (CGCT L2121-15): date and hour,
 * chair, present, absent and represented members, secretary, quorum, agenda, deliberations with the names of who voted
 * how in public votes, and room for the substance of the debates.
 */
export function draftOf(
	{ meeting, seats, items, state, events }: Sitting,
	proxies: readonly { giver: string; holder: string }[],
): string {
	const name = (id: string) => seats.find((seat) => seat.id === id)?.name ?? '';
	const came = new Set(
		events.flatMap((event) => (event.kind === 'arrived' && !event.data.remote ? [event.data.seatId] : [])),
	);
	const remote = new Set(
		events.flatMap((event) => (event.kind === 'arrived' && event.data.remote ? [event.data.seatId] : [])),
	);
	const represented = new Set(proxies.map(({ giver }) => giver));
	const chair = seats.find(({ role }) => role === 'chair');
	const list = (names: readonly string[]) => names.join(', ') || 'néant';
	const movements = events.flatMap((event) => {
		if (!state.openedAt || event.at <= state.openedAt) return [];
		if (event.kind === 'arrived') return [`${name(event.data.seatId)} arrive à ${time(event.at)}.`];
		return event.kind === 'left' ? [`${name(event.data.seatId)} quitte la séance à ${time(event.at)}.`] : [];
	});
	const chapters = items.map(({ id, title, kind }, n) => {
		const vote = state.votes.find(({ itemId }) => itemId === id);
		const at = state.taken.find(({ itemId }) => itemId === id)?.at;
		const away = state.recused[id] ?? [];
		const lines = [`${n + 1}. ${title}${at ? ` (${time(at)})` : ' (non examiné)'}`];
		if (kind !== 'question' && at) lines.push('Débats : [à compléter]');
		if (away.length)
			lines.push(`N’ont pas pris part, étant intéressés à l’affaire : ${list(away.map(name))}.`);
		if (vote?.result) {
			const { for: yes, against, abstention, adopted, casting } = vote.result;
			lines.push(
				`${vote.method === 'secret' ? 'Vote au scrutin secret' : vote.method === 'hands' ? 'Vote à main levée' : 'Vote au scrutin public'} : ${yes} pour, ${against} contre, ${abstention} abstention(s). ${adopted ? 'Adopté' : 'Rejeté'}${casting ? ', la voix du président étant prépondérante' : ''}.`,
			);
			for (const choice of ['for', 'against', 'abstention', 'not_taking_part'] as const) {
				const who = vote.ballots.filter((one) => one.choice === choice).map((one) => name(one.seatId));
				if (who.length) lines.push(`${words[choice]} : ${list(who)}.`);
			}
			for (const reason of vote.corrections) lines.push(`Résultat corrigé : ${reason}`);
		}
		return lines.join('\n');
	});
	return [
		`Procès-verbal : ${meeting.body}, ${meeting.title}`,
		`Séance du ${meeting.starts_at.toLocaleDateString('fr-FR', { timeZone: 'Europe/Paris', dateStyle: 'full' })}, ouverte à ${state.openedAt ? time(state.openedAt) : '–'}, levée à ${state.closedAt ? time(state.closedAt) : '–'}.`,
		`Présidence : ${chair?.name ?? '–'}. Secrétaire de séance : ${state.secretaryId ? name(state.secretaryId) : '–'}.`,
		`Membres en exercice : ${state.inOffice}. Quorum : ${state.quorum || 'non requis (seconde convocation)'}.`,
		`Présents : ${list(seats.filter(({ id }) => came.has(id)).map((seat) => seat.name))}.`,
		...(remote.size ? [`À distance : ${list([...remote].map(name))}.`] : []),
		`Représentés : ${list(proxies.map(({ giver, holder }) => `${giver} (pouvoir à ${holder})`))}.`,
		`Absents : ${list(seats.filter((seat) => !came.has(seat.id) && !remote.has(seat.id) && !represented.has(seat.name)).map((seat) => seat.name))}.`,
		...(movements.length ? [movements.join('\n')] : []),
		`Ordre du jour :\n${items.map(({ title }, n) => `${n + 1}. ${title}`).join('\n')}`,
		...chapters,
	].join('\n\n');
}

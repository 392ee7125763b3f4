import type { Choice } from '../rules/majority.ts';

const zone = { timeZone: 'Europe/Paris' } as const;

/** `18:32` */
export const timeOf = (at: Date) =>
	at.toLocaleTimeString('fr-FR', { ...zone, hour: '2-digit', minute: '2-digit' });

/** `lundi 23 novembre 2026` */
export const dateOf = (at: Date) =>
	at.toLocaleDateString('fr-FR', { ...zone, dateStyle: 'full' }).replace(/ 1 /, ' 1er ');

/** `23 novembre 2026`, of a day `YYYY-MM-DD`. */
export const dayInWords = (day: string) =>
	new Date(`${day}T12:00:00Z`)
		.toLocaleDateString('fr-FR', { ...zone, dateStyle: 'long' })
		.replace(/^1 /, '1er ');

/** `néant` for nobody. */
export const listed = (names: readonly string[]) => names.join(', ') || 'néant';

export const choiceWords: Record<Choice, string> = {
	for: 'Pour',
	against: 'Contre',
	abstention: 'Abstention',
	not_taking_part: 'Ne prend pas part au vote',
};

export const methodWords: Record<string, string> = {
	public: 'Vote au scrutin public',
	secret: 'Vote au scrutin secret',
	roll_call: 'Vote au scrutin public, à l’appel nominal',
	hands: 'Vote à main levée',
};

export const capacityWords = { chair: 'Présidence', secretary: 'Secrétaire de séance' } as const;

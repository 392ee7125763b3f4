import type { OfficialDocument } from '@parvis/platform';
import type { DemoItem } from './content.ts';

const weeks = 30;

/** An invented report of two pages or more, so that there is something to turn when it is presented. */
export function reportOf({ title, draft }: DemoItem, at: Date): OfficialDocument {
	return {
		title: `Rapport : ${title}`,
		author: 'Valbrune-sur-Orle',
		foot: `Rapport au conseil – ${title}`,
		at,
		blocks: [
			{ kind: 'heading', level: 1, text: title },
			{
				kind: 'paragraph',
				text: 'Rapport de présentation. Il appartient à une démonstration : les chiffres sont inventés.',
			},
			{ kind: 'heading', level: 2, text: 'Ce qui est proposé' },
			{ kind: 'paragraph', text: draft },
			{ kind: 'heading', level: 2, text: 'Ce que disent les mesures' },
			{
				kind: 'table',
				caption: 'Relevé hebdomadaire',
				head: ['Semaine', 'Mesure', 'Même semaine, un an avant'],
				rows: Array.from({ length: weeks }, (_, n) => [
					`Semaine ${n + 1}`,
					String(400 + Math.round(180 * Math.sin(n / 4)) + 3 * n),
					String(390 + Math.round(170 * Math.sin(n / 4))),
				]),
			},
			{ kind: 'heading', level: 2, text: 'Suite' },
			{
				kind: 'list',
				items: ['Un premier bilan après six mois.', 'Les mesures sont publiées sur la page du lieu.'],
			},
		],
	};
}

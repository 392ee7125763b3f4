import { categories, type Words } from '../../kinds.ts';
import type { CategoryRules, PolicyRules } from '../face.ts';
import { categoryNames, years } from './names.ts';
import { lineNames } from './obligations.ts';

interface Comparable {
	title: string;
	preamble: string;
	ownArticles: readonly { title: string; text: string }[];
	rules: PolicyRules;
}

type Said = (value: CategoryRules[keyof CategoryRules], rules: PolicyRules) => Words;

const same = (text: string): Words => ({ fr: text, en: text });
const percent: Said = (value) =>
	value === null ? { fr: 'sans objet', en: 'not applicable' } : { fr: `${value} %`, en: `${value}%` };
const inYears: Said = (value) => years(Number(value));

const fields: readonly [keyof CategoryRules, Words, Said][] = [
	['minimumYears', { fr: 'durée d’usage minimale', en: 'minimum lifetime' }, inYears],
	[
		'refurbishedYears',
		{ fr: 'durée minimale d’un reconditionné', en: 'minimum lifetime of a refurbished one' },
		inYears,
	],
	[
		'refurbishedFirst',
		{ fr: 'reconditionné d’abord', en: 'refurbished first' },
		(value) => (value ? { fr: 'oui', en: 'yes' } : { fr: 'non', en: 'no' }),
	],
	[
		'newForNeeds',
		{ fr: 'besoins qui justifient du neuf', en: 'needs that justify a new one' },
		(value, rules) => {
			const codes = value as readonly string[];
			if (!codes.length) return { fr: 'aucun', en: 'none' };
			const labels = codes.map((code) => rules.needs.find((need) => need.code === code)?.label ?? same(code));
			return { fr: labels.map(({ fr }) => fr).join(', '), en: labels.map(({ en }) => en).join(', ') };
		},
	],
	['repairThresholdPercent', { fr: 'seuil de réparation', en: 'repair threshold' }, percent],
	['batteryBelowPercent', { fr: 'batterie changée au-dessous de', en: 'battery replaced below' }, percent],
	['reinstallUpToYears', { fr: 'réinstallation jusqu’à', en: 'reinstalled up to' }, inYears],
	['sparePoolPercent', { fr: 'réserve', en: 'spare pool' }, percent],
];

const from = (what: Words, before: Words, after: Words): Words => ({
	fr: `${what.fr} : ${after.fr} au lieu de ${before.fr}`,
	en: `${what.en}: ${after.en} instead of ${before.en}`,
});
const added = (what: Words): Words => ({ fr: `Ajouté : ${what.fr}`, en: `Added: ${what.en}` });
const removed = (what: Words): Words => ({ fr: `Retiré : ${what.fr}`, en: `Removed: ${what.en}` });
const joined = (a: Words, b: Words): Words => ({ fr: `${a.fr}, ${b.fr}`, en: `${a.en}, ${b.en}` });
const capital = ({ fr, en }: Words): Words => ({
	fr: fr.charAt(0).toUpperCase() + fr.slice(1),
	en: en.charAt(0).toUpperCase() + en.slice(1),
});
const alike = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What changes from one policy to the next, each in a sentence; empty when nothing does. */
export function differencesOf(before: Comparable, after: Comparable): Words[] {
	const said: Words[] = [];
	if (before.title !== after.title)
		said.push(from({ fr: 'Titre', en: 'Title' }, same(`« ${before.title} »`), same(`« ${after.title} »`)));
	if (before.preamble !== after.preamble)
		said.push({ fr: 'Le préambule est réécrit', en: 'The preamble is rewritten' });
	for (const category of categories) {
		const old = before.rules.categories[category];
		const now = after.rules.categories[category];
		const name = capital(categoryNames[category]);
		if (!old && now) said.push(added(categoryNames[category]));
		else if (old && !now) said.push(removed(categoryNames[category]));
		else if (old && now)
			for (const [field, label, say] of fields)
				if (!alike(old[field], now[field]))
					said.push(from(joined(name, label), say(old[field], before.rules), say(now[field], after.rules)));
	}
	for (const need of after.rules.needs) {
		const old = before.rules.needs.find(({ code }) => code === need.code);
		const name: Words = { fr: `profil « ${need.label.fr} »`, en: `profile “${need.label.en}”` };
		if (!old) said.push(added(name));
		else if (!alike(old, need))
			said.push({ fr: `Le ${name.fr} est réécrit`, en: `The ${name.en} is rewritten` });
	}
	for (const need of before.rules.needs)
		if (!after.rules.needs.some(({ code }) => code === need.code))
			said.push(removed({ fr: `profil « ${need.label.fr} »`, en: `profile “${need.label.en}”` }));
	if (before.rules.securityGraceDays !== after.rules.securityGraceDays)
		said.push(
			from(
				{ fr: 'Délai sans mises à jour de sécurité', en: 'Days without security updates' },
				{ fr: `${before.rules.securityGraceDays} jours`, en: `${before.rules.securityGraceDays} days` },
				{ fr: `${after.rules.securityGraceDays} jours`, en: `${after.rules.securityGraceDays} days` },
			),
		);
	if (!alike([...before.rules.safeNeeds].sort(), [...after.rules.safeNeeds].sort()))
		said.push({
			fr: `Usages sûrs sans mises à jour : ${after.rules.safeNeeds.join(', ') || 'aucun'} au lieu de ${before.rules.safeNeeds.join(', ') || 'aucun'}`,
			en: `Uses that are safe without updates: ${after.rules.safeNeeds.join(', ') || 'none'} instead of ${before.rules.safeNeeds.join(', ') || 'none'}`,
		});
	for (const line of new Set([
		...Object.keys(before.rules.reuseShares),
		...Object.keys(after.rules.reuseShares),
	])) {
		const old = before.rules.reuseShares[line] ?? 0;
		const now = after.rules.reuseShares[line] ?? 0;
		if (old !== now)
			said.push(
				from(
					{ fr: `Part visée, ${lineNames[line] ?? line}`, en: `Share aimed at, ${lineNames[line] ?? line}` },
					same(`${old} %`),
					same(`${now} %`),
				),
			);
	}
	for (const article of after.ownArticles) {
		const old = before.ownArticles.find(({ title }) => title === article.title);
		const name: Words = { fr: `article « ${article.title} »`, en: `article “${article.title}”` };
		if (!old) said.push(added(name));
		else if (old.text !== article.text)
			said.push({ fr: `L’${name.fr} est réécrit`, en: `The ${name.en} is rewritten` });
	}
	for (const article of before.ownArticles)
		if (!after.ownArticles.some(({ title }) => title === article.title))
			said.push(removed({ fr: `article « ${article.title} »`, en: `article “${article.title}”` }));
	return said;
}

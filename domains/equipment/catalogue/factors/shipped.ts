import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseCsv } from '@parvis/platform';
import type { Category, Words } from '../../kinds.ts';
import type { DeviceFootprint, FactorSource } from '../face.ts';
import { modelKey } from '../rules/names.ts';
import { type Phases, phasesOfSheet } from '../rules/sheet.ts';
import data from './categories.json' with { type: 'json' };

const csv = readFileSync(new URL('./models.csv', import.meta.url), 'utf8');

type SourceName = keyof typeof data.sources;

function source(name: string): FactorSource {
	const { label, year, licence, url } = data.sources[name as SourceName];
	return { label, year, licence, url };
}

/** Values of categories that ship with Parvis; none for `other`. */
export const shippedCategories: ReadonlyMap<Category, DeviceFootprint> = new Map(
	Object.entries(data.categories).map(([category, value]) => [
		category as Category,
		{
			category: category as Category,
			modelId: null,
			manufacture: value.manufacture,
			transport: value.transport,
			endOfLife: value.endOfLife,
			useKwhPerYear: value.useKwhPerYear,
			sources: value.sources.map(source),
			caveat: value.caveat,
		},
	]),
);

export interface ShippedModel extends Phases {
	manufacturer: string;
	name: string;
	category: Category;
	sources: readonly FactorSource[];
	caveat: Words;
}

function caveatOf(hasShares: boolean, hasEnds: boolean, hasError: boolean, hasUse: boolean): Words {
	const parts: Words[] = [
		{
			fr: 'Fiche du constructeur, non vérifiée par un tiers ; bornes : erreur publiée prise comme intervalle à 90 %.',
			en: 'Maker’s own sheet, not verified by a third party; bounds: published error taken as a 90% interval.',
		},
	];
	if (!hasError)
		parts.push({ fr: 'Aucune erreur publiée : 30 % supposés.', en: 'No error published: 30% assumed.' });
	if (!hasShares)
		parts.push({
			fr: 'Transport et fin de vie compris dans la fabrication.',
			en: 'Transport and end of life are within manufacture.',
		});
	else if (!hasEnds)
		parts.push({
			fr: 'Transport et fin de vie que la fiche ne donne pas : ceux de la catégorie.',
			en: 'Transport and end of life that the sheet does not give: those of the category.',
		});
	if (!hasUse)
		parts.push({ fr: 'Consommation : celle de la catégorie.', en: 'Consumption: that of the category.' });
	return { fr: parts.map(({ fr }) => fr).join(' '), en: parts.map(({ en }) => en).join(' ') };
}

const number = (cell: string | undefined) => (cell ? Number(cell) : null);

/** Makers' sheets that Boavizta gathered, by `modelKey`. */
export const shippedModels: ReadonlyMap<string, ShippedModel> = new Map(
	parseCsv(csv).flatMap(({ cells }): [string, ShippedModel][] => {
		const category = cells.category as Category;
		const base = shippedCategories.get(category);
		const { manufacturer = '', name = '' } = cells;
		if (!base) return [];
		const sheet = {
			total: Number(cells.total),
			manufactureShare: number(cells.manufacture_share),
			useShare: number(cells.use_share),
			transportShare: number(cells.transport_share),
			endShare: number(cells.end_share),
			kwhPerYear: number(cells.kwh_per_year),
			error: number(cells.error),
		};
		const phases = phasesOfSheet(sheet, base);
		if (!phases) return [];
		const boavizta = source('boavizta');
		const year = Number(cells.year);
		const hasEnds = sheet.transportShare !== null && sheet.endShare !== null;
		return [
			[
				modelKey(manufacturer, name),
				{
					...phases,
					manufacturer,
					name,
					category,
					sources: [
						{ ...boavizta, year, url: cells.url || boavizta.url },
						...(sheet.kwhPerYear === null || (sheet.manufactureShare !== null && !hasEnds)
							? base.sources.filter(({ label }) => label !== boavizta.label).slice(0, 1)
							: []),
					],
					caveat: caveatOf(
						sheet.manufactureShare !== null,
						hasEnds,
						sheet.error !== null,
						sheet.kwhPerYear !== null,
					),
				},
			],
		];
	}),
);

/** Changes whenever a shipped value does. */
export const shippedDigest = createHash('sha256').update(JSON.stringify(data)).update(csv).digest('hex');

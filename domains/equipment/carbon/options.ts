import { combine, type Range, yearOf } from '@parvis/device-lifecycle';
import type { Catalogue, DeviceFootprint, FactorSource } from '../catalogue/face.ts';
import type { Context } from '../context.ts';
import { townDay } from '../days.ts';
import type { Words } from '../kinds.ts';
import { lifecycleAssumptions, readAssumptions } from './assumptions.ts';
import type { Carbon, CarbonOption } from './face.ts';

/** The French electricity factor of the day, of the ledger, which the town may replace; kg CO2e of a kWh. */
export async function electricityFactor(
	{ footprint }: Pick<Context, 'footprint'>,
	day: string,
): Promise<{ value: number; source: FactorSource }> {
	const lines = (await footprint.factors.list()).filter(({ code }) => code === 'electricity_kwh');
	const line = lines.find(({ validFrom }) => validFrom <= day) ?? lines.at(-1);
	if (!line) throw new Error('no factor of electricity');
	return {
		value: line.kilogramsPerUnit,
		source: {
			label: line.source,
			year: line.year,
			licence: 'Licence Ouverte 2.0, à vérifier',
			url: line.url,
		},
	};
}

export function createOptions(context: Context, catalogue: Catalogue): Carbon['ofOption'] {
	return async (option) => {
		if (!(option.serviceYears > 0)) return null;
		const footprint = await catalogue.footprintOf(option);
		if (!footprint) return null;
		const [inForce, electricity] = await Promise.all([
			readAssumptions(context.db),
			electricityFactor(context, townDay(context.now())),
		]);
		const assumptions = lifecycleAssumptions(inForce, option.category, electricity.value);
		const perYear = yearOf(option.kind, option.serviceYears, footprint, assumptions);
		const sources = [...footprint.sources, electricity.source];
		if (option.kind === 'refurbished') {
			const { source, url } = inForce('refurbishingShare', option.category);
			sources.push({ label: source, year: 2022, licence: '', url });
		}
		return {
			perYear,
			total: combine([[option.serviceYears, perYear]]),
			method: methodOf(option, footprint, perYear, electricity.value),
			sources,
		};
	};
}

function methodOf(
	{ kind, serviceYears }: CarbonOption,
	{ manufacture, transport, endOfLife, useKwhPerYear, caveat }: DeviceFootprint,
	perYear: Range,
	electricity: number,
): Words {
	const once = manufacture.mid + transport.mid + endOfLife.mid;
	const number = (value: number, locale: string) =>
		value.toLocaleString(locale, { maximumFractionDigits: value < 10 ? 2 : 0 });
	const say = (locale: 'fr' | 'en') => {
		const n = (value: number) => number(value, locale === 'fr' ? 'fr-FR' : 'en-GB');
		const use = `${n(useKwhPerYear.mid)} kWh × ${n(electricity)} kg/kWh`;
		const years = n(serviceYears);
		const result = `${n(perYear.mid)} kg CO2e`;
		if (locale === 'fr') {
			if (kind === 'new')
				return `Fabrication, transport et fin de vie (${n(once)} kg) partagés sur ${years} ans, plus l’usage (${use} par an, moins ce qu’économise un appareil récent) : ${result} par an.`;
			if (kind === 'refurbished')
				return `La première vie porte la fabrication ; le reconditionnement partagé sur ${years} ans, plus l’usage (${use} par an) : ${result} par an.`;
			return `Déjà fabriqué : seul l’usage compte (${use} par an), soit ${result} par an. Les pièces d’une réparation ne sont pas comptées.`;
		}
		if (kind === 'new')
			return `Manufacture, transport and end of life (${n(once)} kg) shared over ${years} years, plus use (${use} a year, less what a recent device saves): ${result} a year.`;
		if (kind === 'refurbished')
			return `The first life carries the making; refurbishing shared over ${years} years, plus use (${use} a year): ${result} a year.`;
		return `Made already: use alone counts (${use} a year), which is ${result} a year. Parts of a repair are not counted.`;
	};
	return {
		fr: caveat ? `${say('fr')} ${caveat.fr}` : say('fr'),
		en: caveat ? `${say('en')} ${caveat.en}` : say('en'),
	};
}

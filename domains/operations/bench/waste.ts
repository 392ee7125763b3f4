import { parseArgs } from 'node:util';
import { addDays, weekdayOf } from '../waste/rules/days.ts';
import { fitFlow, type InflowHistory, predict } from '../waste/rules/fill-model.ts';
import { readLevels } from '../waste/rules/levels.ts';

/** Random numbers that are the same every time: mulberry32. */
function randomOf(seed: number) {
	let state = seed >>> 0;
	const uniform = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
	const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
	return { uniform, normal };
}

const quantiles = [0.05, 0.5, 0.95] as const;
const weekdays = [0.8, 0.85, 1, 0.9, 1.05, 1.35, 1.05];

/** Streams that do not follow the model: log-normal days, a slow wave, weeks that are lived together, days of a market. */
function makeStreams(containers: number, days: number, first: string, seed: number) {
	const { uniform, normal } = randomOf(seed);
	const shared = Array.from({ length: days }, () => Math.exp(0.12 * normal() - 0.0072));
	return Array.from({ length: containers }, (_, n) => {
		const rate = 4 + uniform() * 12;
		const scatter = 0.25 + uniform() * 0.35;
		const wave = uniform() * 6.28;
		// A part of them has been there for a short time only.
		const since = n % 6 === 5 ? days - 40 : 0;
		return {
			id: `c${n}`,
			since,
			percent: Array.from({ length: days }, (_, d) => {
				const day = addDays(first, d);
				const market = weekdayOf(day) === 6 && n % 4 === 0 ? 1.3 : 1;
				const season = 1 + 0.2 * Math.sin((d / 90) * 6.28 + wave);
				return (
					rate *
					(weekdays[weekdayOf(day) - 1] ?? 1) *
					market *
					season *
					(shared[d] ?? 1) *
					Math.exp(scatter * normal() - (scatter * scatter) / 2)
				);
			}),
		};
	});
}

/** What a sensor says of a stream, every hour, with noise; emptied when somebody came. */
function levelsOf(percent: readonly number[], first: string, seed: number) {
	const { normal, uniform } = randomOf(seed);
	const start = Date.parse(`${first}T00:00:00+01:00`);
	let level = uniform() * 40;
	const levels: { at: number; percent: number }[] = [];
	for (const [d, inflow] of percent.entries())
		for (let h = 0; h < 24; h++) {
			if (h === 9 && level > 65 + uniform() * 20) level = 1;
			if (h >= 6 && h < 22) level += inflow / 16;
			levels.push({
				at: start + (d * 24 + h) * 3_600_000,
				percent: Math.min(100, Math.max(0, level + normal() * 0.8)),
			});
		}
	return levels;
}

interface Score {
	pinball: number;
	naivePinball: number;
	covered: number;
	brier: number;
	naiveBrier: number;
	count: number;
}

const pinball = (actual: number, guess: number, q: number) =>
	actual >= guess ? q * (actual - guess) : (1 - q) * (guess - actual);

/**
 * Back-test the forecast of fill levels: each day of the last month is forecast from the days before it alone, from hourly
 * noisy levels, and compared with what came; beside it a forecast that goes on at the rate of the last three days.
 */
export async function run(args: string[]): Promise<void> {
	const { values } = parseArgs({
		args,
		options: {
			containers: { type: 'string', default: '60' },
			days: { type: 'string', default: '90' },
			seed: { type: 'string', default: '1' },
		},
	});
	const [count, days, seed] = [Number(values.containers), Number(values.days), Number(values.seed)];
	const first = '2026-08-01';
	const horizon = 4;
	const streams = makeStreams(count, days, first, seed);
	const histories: InflowHistory[] = streams.map(({ id, since, percent }, n) => ({
		id,
		volumeLiters: 100,
		inflow: readLevels(levelsOf(percent, first, seed * 1000 + n))
			.inflow.filter(({ day }) => day >= addDays(first, since))
			.map(({ day, percent: liters, censored }) => ({ day, liters, censored })),
	}));
	const scores = Array.from(
		{ length: horizon },
		(): Score => ({ pinball: 0, naivePinball: 0, covered: 0, brier: 0, naiveBrier: 0, count: 0 }),
	);
	const bins = Array.from({ length: 10 }, () => ({ said: 0, happened: 0, count: 0 }));
	const { uniform } = randomOf(seed + 7);
	const started = performance.now();
	for (let d = days - 30; d < days - horizon; d++) {
		const today = addDays(first, d);
		const model = fitFlow(histories, today, () => 1);
		for (const { id, percent } of streams) {
			const own = model.containers.get(id);
			if (!own) continue;
			const now = 20 + uniform() * 75;
			const ahead = predict(
				own,
				100,
				{ percent: now, spread: 1 },
				{ today, shareLeft: 1, days: horizon, event: () => 1 },
			);
			const lately = percent.slice(d - 3, d).reduce((sum, x) => sum + x, 0) / 3;
			let actual = now;
			for (const [h, forecast] of ahead.entries()) {
				actual += percent[d + h] ?? 0;
				const score = scores[h];
				if (!score) continue;
				const naive = now + lately * (h + 1);
				const full = actual >= 100 ? 1 : 0;
				for (const [q, guess] of [
					[quantiles[0], forecast.low],
					[quantiles[1], forecast.median],
					[quantiles[2], forecast.high],
				] as const) {
					score.pinball += pinball(actual, guess, q) / quantiles.length;
					score.naivePinball += pinball(actual, naive, q) / quantiles.length;
				}
				score.covered += actual >= forecast.low && actual <= forecast.high ? 1 : 0;
				score.brier += (forecast.overflow - full) ** 2;
				score.naiveBrier += ((naive >= 100 ? 1 : 0) - full) ** 2;
				score.count++;
				const bin = bins[Math.min(9, Math.floor(forecast.overflow * 10))];
				if (bin) {
					bin.said += forecast.overflow;
					bin.happened += full;
					bin.count++;
				}
			}
		}
	}
	const seconds = (performance.now() - started) / 1000;
	const decimals = (value: number, digits: number) => value.toFixed(digits);
	console.log(
		`Fill levels of ${count} containers, ${days} days of hourly noisy readings; the last 30 days forecast from those before.\n`,
	);
	console.log('day ahead   pinball  (last rate)   in the 90 % interval   Brier overflow  (last rate)');
	for (const [h, s] of scores.entries())
		console.log(
			`${String(h + 1).padEnd(11)} ${decimals(s.pinball / s.count, 3).padStart(7)}  ${decimals(s.naivePinball / s.count, 3).padStart(11)}   ${`${decimals((100 * s.covered) / s.count, 1)} %`.padStart(20)}   ${decimals(s.brier / s.count, 4).padStart(14)}  ${decimals(s.naiveBrier / s.count, 4).padStart(11)}`,
		);
	console.log('\nsaid P(overflow)   happened   how often');
	for (const bin of bins)
		if (bin.count)
			console.log(
				`${`${decimals((100 * bin.said) / bin.count, 0)} %`.padStart(16)}   ${`${decimals((100 * bin.happened) / bin.count, 0)} %`.padStart(8)}   ${bin.count}`,
			);
	console.log(`\n${30 - horizon} fits and ${(30 - horizon) * count} fans in ${decimals(seconds, 2)} s`);
}

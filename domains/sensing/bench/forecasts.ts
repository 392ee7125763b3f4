import { fit } from '../forecasts/model.ts';

/** `./parvis bench forecasts`: time of one series, and error beside repeating the week before. */
export async function run(): Promise<void> {
	const hours = 6 * 7 * 24;
	const horizon = 48;
	const value = (series: number, n: number) =>
		18 +
		4 * Math.sin(((n + series) / 24) * 2 * Math.PI) -
		(Math.floor(n / 24) % 7 >= 5 ? 3 : 0) +
		n * 0.001 +
		Math.sin(n * 12.9898 + series) * 0.8;
	const count = 50;
	let ours = 0;
	let lastWeek = 0;
	const started = performance.now();
	for (let series = 0; series < count; series++) {
		const known = Array.from({ length: hours }, (_, n) => value(series, n));
		const result = fit(known, horizon);
		if (!result.ok) throw new Error(result.reason);
		for (let n = 0; n < horizon; n++) {
			const actual = value(series, hours + n);
			ours += Math.abs(actual - (result.fitted.expected[n] ?? 0));
			lastWeek += Math.abs(actual - (known[hours - 168 + n] ?? 0));
		}
	}
	const milliseconds = (performance.now() - started) / count;
	console.log(`${count} series of ${hours} hours, ${horizon} hours ahead, made-up pattern with noise`);
	console.log(`time of one series: ${milliseconds.toFixed(1)} ms on one core`);
	console.log(
		`mean absolute error: ${(ours / count / horizon).toFixed(3)}; repeating last week: ${(lastWeek / count / horizon).toFixed(3)}`,
	);
}

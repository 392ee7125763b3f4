import { failureProbability, type Running } from '@parvis/device-lifecycle';

/** What running a device costs over some months, on average, as long as it serves; and how likely it serves at their end. */
export function failuresOf(running: Running, age: number, months: number): { cost: number; serves: number } {
	let [cost, alive] = [0, 1];
	for (let month = 0; month < months; month++) {
		const fails = failureProbability(age + month, running.failures);
		cost +=
			alive *
			(running.perMonth + fails * (running.perFailure + (1 - running.beyondRepair) * running.perRepair));
		alive *= 1 - fails * running.beyondRepair;
	}
	return { cost, serves: alive };
}
